using System.Text.Json;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Output;

/// <summary>One JSON object at the end; the prints are in it. Standard error reads as it does without it.</summary>
internal sealed class JsonOutput(Terminal terminal) : IRunOutput
{
    private const int MostPrinted = 16 << 20;
    private readonly CollectedPrints prints = new(MostPrinted);

    public bool ShowsCalls => true;

    public void Print(string text) => prints.Add(text);

    public int End(RunOutcome outcome, LoggedCalls calls)
    {
        var failures = new FailureText(terminal);
        failures.Show(outcome);
        try
        {
            terminal.Write(RunJson.Write(outcome, calls, prints));
        }
        catch (JsonException unwritable)
        {
            outcome = new RuntimeFailed($"the runtime gave a value that JSON cannot say: {unwritable.Message}");
            failures.Show(outcome);
            terminal.Write(RunJson.Write(outcome, new LoggedCalls([], AreTruncated: true), prints));
        }
        catch (IOException lost)
        {
            outcome = new OutputLost(lost.Message);
            failures.Show(outcome);
        }

        return outcome.ExitCode;
    }
}
