using System.Text.Json;
using Monty.Host.Cli.Streams;
using Monty.Interop;

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
            if (Refuse(outcome, calls) is { } refusal)
            {
                outcome = refusal;
                calls = new LoggedCalls([], AreTruncated: true);
                failures.Show(outcome);
            }

            RunJson.Write(new OutputBuffer(terminal), outcome, calls, prints);
        }
        catch (IOException lost)
        {
            outcome = new OutputLost(lost.Message);
            failures.Show(outcome);
        }

        return outcome.ExitCode;
    }

    /// <summary>Writes the result into nothing: what cannot be written, or is too large, shows before the first byte is out.</summary>
    private RunOutcome? Refuse(RunOutcome outcome, LoggedCalls calls)
    {
        try
        {
            RunJson.Write(new OutputBuffer(terminal: null), outcome, calls, prints);
            return null;
        }
        catch (JsonException unwritable)
        {
            return new RuntimeFailed($"the runtime gave a value that JSON cannot say: {unwritable.Message}");
        }
        catch (MontySizeException tooLarge)
        {
            const string Advice = "Without --json the value is written whatever its size.";
            return outcome is Finished finished
                ? new ResultTooLarge(
                    finished.Result,
                    $"the script ran to its end, and its value is too large for JSON: {tooLarge.Message} {Advice}"
                )
                : new RuntimeFailed(tooLarge.Message);
        }
    }
}
