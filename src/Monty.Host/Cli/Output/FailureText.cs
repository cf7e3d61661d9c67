using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>What a person reads on standard error at the end of a run.</summary>
internal sealed class FailureText(Terminal terminal)
{
    public void Show(RunOutcome outcome)
    {
        switch (outcome)
        {
            case Finished finished:
                foreach (var warning in finished.Result.Warnings)
                {
                    terminal.WriteLine($"warning: {warning}");
                }

                break;
            case ScriptFailed failed:
                terminal.Error.WriteLine(failed.Error.Traceback);
                break;
            case Rejected rejected:
                terminal.WriteLines(rejected.Report.Text);
                var errors = rejected.Report.Diagnostics.Count(d => d.Severity == TypeSeverity.Error);
                terminal.WriteError($"the type check found {errors} {(errors == 1 ? "error" : "errors")}, and nothing ran.");
                break;
            case OutputLost lost:
                terminal.WriteError($"standard output cannot be written: {lost.Message}. The script was ended.");
                break;
            case ResultTooLarge tooLarge:
                terminal.WriteError(tooLarge.Message);
                break;
            case InputRefused refused:
                terminal.WriteError(refused.Message);
                break;
            case RuntimeFailed failed:
                terminal.WriteError(failed.Message);
                break;
            case Interrupted:
                terminal.WriteLine("interrupted: the worker was ended");
                break;
        }
    }
}
