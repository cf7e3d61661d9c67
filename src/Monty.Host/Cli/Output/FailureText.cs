using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Writes the messages, warnings and tracebacks at the end of a run to standard error.</summary>
internal sealed class FailureText(Terminal terminal)
{
    public void Show(RunOutcome outcome)
    {
        switch (outcome)
        {
            case RunOutcome.Finished finished:
                foreach (var warning in finished.Result.Warnings)
                {
                    terminal.WriteLine($"warning: {warning}");
                }

                break;
            case RunOutcome.ScriptFailed failed:
                terminal.Error.WriteLine(failed.Error.Traceback);
                break;
            case RunOutcome.Rejected rejected:
                terminal.WriteLines(rejected.Report.Text);
                var errors = rejected.Report.Diagnostics.Count(d => d.Severity == TypeSeverity.Error);
                terminal.WriteError(
                    errors == 0
                        ? "A call of an asynchronous tool is not awaited and would do nothing, so nothing ran. Await it."
                        : $"The type check found {errors} {(errors == 1 ? "error" : "errors")}, so nothing ran."
                );
                break;
            case RunOutcome.OutputClosed closed:
                terminal.WriteError($"Standard output cannot be written: {closed.Message}. The script was stopped.");
                break;
            case RunOutcome.ResultTooLarge tooLarge:
                terminal.WriteError(tooLarge.Message);
                break;
            case RunOutcome.BadInput bad:
                terminal.WriteError(bad.Message);
                break;
            case RunOutcome.RuntimeFailed failed:
                terminal.WriteError(failed.Message);
                break;
            case RunOutcome.Interrupted:
                terminal.WriteLine("interrupted: the worker was stopped");
                break;
        }
    }
}
