using Monty.Host.Cli.Output;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>Reads inputs, runs them and shows what comes of them, until there are no more.</summary>
internal sealed class ReplLoop
{
    public const string Prompt = ">>> ";
    private const string Continued = "... ";

    private readonly Terminal terminal;
    private readonly ILineSource lines;
    private readonly TextOutput output;
    private readonly ReplSession session;
    private readonly ReplCommands commands;
    private int exitCode = ExitCode.Done;

    public ReplLoop(Terminal terminal, ILineSource lines, TextOutput output, ReplSession session)
    {
        this.terminal = terminal;
        this.lines = lines;
        this.output = output;
        this.session = session;
        commands = new ReplCommands(session, Write, terminal.WriteLine, Show);
    }

    /// <summary>Runs until the input ends, a command ends it, or it cannot go on.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        if (
            !await InterruptiblyAsync(async interruption => Show(await session.OpenAsync(interruption).ConfigureAwait(false)))
                .ConfigureAwait(false)
        )
        {
            return exitCode;
        }

        while (Read() is { } input)
        {
            var goesOn = await InterruptiblyAsync(async interruption =>
                    input.StartsWith(':')
                        ? await commands.RunAsync(input, interruption).ConfigureAwait(false)
                        : Show(await session.FeedAsync(input, interruption).ConfigureAwait(false))
                )
                .ConfigureAwait(false);
            if (!goesOn)
            {
                break;
            }
        }

        return exitCode;
    }

    /// <summary>One input: a command, or code until it is complete; null at the end.</summary>
    private string? Read()
    {
        string? input = null;
        while (true)
        {
            output.EndLine();
            switch (lines.Read(input is null ? Prompt : Continued, Words))
            {
                case ReadResult.End:
                    return input;
                case ReadResult.Abandoned:
                    input = null;
                    break;
                case ReadResult.Line { Text: var line }:
                    if (input is null && string.IsNullOrWhiteSpace(line))
                    {
                        break;
                    }

                    if (input is null && line.TrimStart().StartsWith(':'))
                    {
                        return line.Trim();
                    }

                    input = input is null ? line : $"{input}\n{line}";
                    if (PythonContinuation.Detect(input) == Continuation.Complete)
                    {
                        return input;
                    }

                    break;
            }
        }
    }

    private IEnumerable<string> Words(string start) => start.StartsWith(':') ? commands.Names : session.Names.Concat(PythonWords.All);

    private void Write(string lines) => output.Print(lines + "\n");

    /// <summary>Shows how code ended; false when the console ends with it.</summary>
    private bool Show(RunOutcome outcome)
    {
        output.EndLine();
        if (outcome is Interrupted)
        {
            terminal.WriteLine("KeyboardInterrupt");
        }
        else
        {
            output.End(outcome, new LoggedCalls([], AreTruncated: false));
        }

        if (session.TakeWentBack())
        {
            terminal.WriteLine("The session goes on as it was before this input.");
        }

        if (outcome is not OutputLost and not Interrupted { Signal: not 2 })
        {
            return true;
        }

        exitCode = outcome.ExitCode;
        return false;
    }

    private async Task<bool> InterruptiblyAsync(Func<Interruption, Task<bool>> run)
    {
        using var interruption = new Interruption();
        using var released = lines.Release();
        return await run(interruption).ConfigureAwait(false);
    }
}
