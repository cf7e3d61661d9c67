using System.Text;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Output;

/// <summary>Writes text as it is printed, and then the value as an interactive Python shows it: its repr, or nothing for None.</summary>
internal sealed class TextOutput(Terminal terminal) : IRunOutput
{
    private bool isLineOpen;

    public bool NeedsCalls => false;

    public void Print(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        terminal.Write(Encoding.UTF8.GetBytes(text));
        isLineOpen = text[^1] != '\n';
    }

    /// <summary>Ends the current line if the script has printed text without a line break at its end.</summary>
    /// <exception cref="IOException">The line break cannot be written, for example because the reader has closed the pipe.</exception>
    public void EndLine()
    {
        if (isLineOpen)
        {
            Print("\n");
        }
    }

    public int End(RunOutcome outcome, LoggedCalls calls)
    {
        if (outcome is RunOutcome.Finished { Result.Value: not MontyNone } finished)
        {
            try
            {
                EndLine();
                using var writer = terminal.OpenWriter();
                finished.Result.Value.WriteTo(writer);
                writer.Write('\n');
                writer.Flush();
            }
            catch (IOException exception)
            {
                outcome = new RunOutcome.OutputClosed(exception.Message);
            }
        }

        new FailureText(terminal).Show(outcome);
        return outcome.ExitCode;
    }
}
