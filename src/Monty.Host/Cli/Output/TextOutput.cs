using System.Text;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Prints as they come, then the value as an interactive Python shows it: its repr, and nothing for None.</summary>
internal sealed class TextOutput(Terminal terminal) : IRunOutput
{
    private bool inLine;

    public bool ShowsCalls => false;

    public void Print(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        terminal.Write(Encoding.UTF8.GetBytes(text));
        inLine = text[^1] != '\n';
    }

    /// <summary>Ends a line that was printed without its end, so that what follows stands on its own.</summary>
    /// <exception cref="IOException">Nobody reads it any more.</exception>
    public void EndLine()
    {
        if (inLine)
        {
            Print("\n");
        }
    }

    public int End(RunOutcome outcome, LoggedCalls calls)
    {
        if (outcome is Finished { Result.Value: not MontyNone } finished)
        {
            try
            {
                EndLine();
                using var writer = terminal.OpenWriter();
                finished.Result.Value.WriteTo(writer);
                writer.Write('\n');
                writer.Flush();
            }
            catch (IOException lost)
            {
                outcome = new OutputLost(lost.Message);
            }
        }

        new FailureText(terminal).Show(outcome);
        return outcome.ExitCode;
    }
}
