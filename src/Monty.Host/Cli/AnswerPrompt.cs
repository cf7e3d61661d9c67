using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Puts a call to the person at the terminal, and asks again until the answer can be read.</summary>
internal sealed class AnswerPrompt(TextReader input, TextWriter error)
{
    private const int LongestCall = 2000;
    private const int LongestProblem = 300;

    /// <summary>Asks for the value of a call.</summary>
    /// <returns>The value, or null when the person ended the input instead of answering.</returns>
    public async Task<MontyValue?> AskAsync(MontyFunctionCall call, CancellationToken cancellationToken)
    {
        const string Question = "has no tool. Answer it in JSON or Python; Ctrl-D leaves the name undefined.";
        await error.WriteLineAsync($"[call] {VisibleText.Format(call.Display(LongestCall), LongestCall)} {Question}").ConfigureAwait(false);
        while (true)
        {
            await error.WriteAsync("> ").ConfigureAwait(false);

            // A terminal cannot be read with a token: a reader that is left waiting ends with the process.
            var line = await Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (line is null)
            {
                await error.WriteLineAsync().ConfigureAwait(false);
                return null;
            }

            try
            {
                return MontyLiteral.Parse(line);
            }
            catch (FormatException unreadable)
            {
                var problem = VisibleText.Format(unreadable.Message, LongestProblem);
                await error
                    .WriteLineAsync($"That is no value: {problem} Try again, such as 42, \"text\" or {{\"key\": [1, 2]}}.")
                    .ConfigureAwait(false);
            }
        }
    }
}
