using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Asks the user at the terminal to answer a call, and repeats the question until the answer can be read.</summary>
internal sealed class AnswerPrompt(TextReader input, TextWriter error)
{
    private const int MaxCallLength = 2000;
    private const int MaxProblemLength = 300;

    /// <summary>Asks for the value of a call.</summary>
    /// <returns>The value, or null when the user ended the input instead of answering.</returns>
    public async Task<MontyValue?> AskAsync(MontyFunctionCall call, CancellationToken cancellationToken)
    {
        const string Question = "has no tool. Enter the result in JSON or Python, or press Ctrl-D to leave the name undefined.";
        await error
            .WriteLineAsync($"[call] {VisibleText.Format(call.Display(MaxCallLength), MaxCallLength)} {Question}")
            .ConfigureAwait(false);
        while (true)
        {
            await error.WriteAsync("> ").ConfigureAwait(false);

            // Reading from a terminal cannot be canceled. A read that is still waiting ends with the process.
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
            catch (FormatException exception)
            {
                var problem = VisibleText.Format(exception.Message, MaxProblemLength);
                await error
                    .WriteLineAsync($"The answer cannot be read: {problem} Enter a value such as 42, \"text\" or {{\"key\": [1, 2]}}.")
                    .ConfigureAwait(false);
            }
        }
    }
}
