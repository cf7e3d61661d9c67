using System.Text.Json;
using Monty.Host.Cli.Streams;

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
            terminal.Write(RunJson.Write(outcome, calls, prints));
        }
        catch (JsonException exception)
        {
            outcome = new RunOutcome.RuntimeFailed($"The result of the runtime cannot be written as JSON: {exception.Message}");
            failures.Show(outcome);
            terminal.Write(RunJson.Write(outcome, new LoggedCalls([], AreTruncated: true), prints));
        }
        catch (IOException exception)
        {
            outcome = new RunOutcome.OutputClosed(exception.Message);
            failures.Show(outcome);
        }

        return outcome.ExitCode;
    }
}
