using System.Text.Json;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Writes one JSON object, which includes the printed text, at the end of the run. Standard error is the same as without JSON.</summary>
internal sealed class JsonOutput(Terminal terminal) : IRunOutput
{
    private const int MaxPrintedLength = 16 << 20;
    private readonly CollectedPrints prints = new(MaxPrintedLength);

    public bool NeedsCalls => true;

    public void Print(string text) => prints.Add(text);

    public int End(RunOutcome outcome, LoggedCalls calls)
    {
        var failures = new FailureText(terminal);
        failures.Show(outcome);
        try
        {
            if (TryWrite(outcome, calls) is { } failure)
            {
                outcome = failure;
                calls = new LoggedCalls([], AreTruncated: true);
                failures.Show(outcome);
            }

            RunJson.Write(new OutputBuffer(terminal), outcome, calls, prints);
        }
        catch (IOException exception)
        {
            outcome = new RunOutcome.OutputClosed(exception.Message);
            failures.Show(outcome);
        }

        return outcome.ExitCode;
    }

    /// <summary>Writes the result without output, so that a value that JSON cannot hold is found before the first byte is written.</summary>
    /// <returns>The outcome to write instead, or null if the result can be written.</returns>
    private RunOutcome? TryWrite(RunOutcome outcome, LoggedCalls calls)
    {
        try
        {
            RunJson.Write(new OutputBuffer(terminal: null), outcome, calls, prints);
            return null;
        }
        catch (JsonException exception)
        {
            return new RunOutcome.RuntimeFailed($"The result of the runtime cannot be written as JSON: {exception.Message}");
        }
        catch (MontySizeException exception)
        {
            const string Fix = "Omit --json to write a value of any size.";
            return outcome is RunOutcome.Finished finished
                ? new RunOutcome.ResultTooLarge(
                    finished.Result,
                    $"The script ran to its end, but its value is too large for JSON: {exception.Message} {Fix}"
                )
                : new RunOutcome.RuntimeFailed(exception.Message);
        }
    }
}
