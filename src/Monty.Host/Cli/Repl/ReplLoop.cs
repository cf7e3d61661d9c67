using Monty.Host.Cli.Output;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>Reads inputs, runs them and shows their results until the input ends.</summary>
internal sealed class ReplLoop
{
    public const string Prompt = ">>> ";

    private const int CtrlC = 2;
    private const string ContinuationPrompt = "... ";

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

    /// <summary>Runs until the input ends, the command <c>:quit</c> is entered, or the output cannot be written.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        var shouldContinue = await RunInterruptiblyAsync(OpenAsync).ConfigureAwait(false);
        while (shouldContinue && Read() is { } input)
        {
            shouldContinue = await RunInterruptiblyAsync(interruption => RunInputAsync(input, interruption)).ConfigureAwait(false);
        }

        return exitCode;
    }

    private async Task<bool> OpenAsync(Interruption interruption) => Show(await session.OpenAsync(interruption).ConfigureAwait(false));

    private async Task<bool> RunInputAsync(string input, Interruption interruption) =>
        input.StartsWith(':')
            ? await commands.RunAsync(input, interruption).ConfigureAwait(false)
            : Show(await session.FeedAsync(input, interruption).ConfigureAwait(false));

    /// <summary>Reads one input: a command, or lines of code until the code is complete. Returns null when the input has ended.</summary>
    private string? Read()
    {
        string? input = null;
        while (true)
        {
            output.EndLine();
            switch (lines.Read(input is null ? Prompt : ContinuationPrompt, GetCompletions))
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

    private IEnumerable<string> GetCompletions(string start) =>
        start.StartsWith(':') ? commands.Names : session.Names.Concat(PythonWords.All);

    private void Write(string lines) => output.Print(lines + "\n");

    /// <summary>Shows the outcome of code. Returns false when the REPL must end.</summary>
    private bool Show(RunOutcome outcome)
    {
        output.EndLine();
        if (outcome is RunOutcome.Interrupted)
        {
            terminal.WriteLine("KeyboardInterrupt");
        }
        else
        {
            output.End(outcome, new LoggedCalls([], AreTruncated: false));
        }

        if (session.ConsumeRollback())
        {
            terminal.WriteLine("The session was restored to its state before this input.");
        }

        var isTerminated = outcome is RunOutcome.Interrupted { Signal: not CtrlC };
        if (outcome is not RunOutcome.OutputClosed && !isTerminated)
        {
            return true;
        }

        exitCode = outcome.ExitCode;
        return false;
    }

    private async Task<bool> RunInterruptiblyAsync(Func<Interruption, Task<bool>> run)
    {
        using var interruption = new Interruption();
        using var allowed = lines.AllowInterrupts();
        return await run(interruption).ConfigureAwait(false);
    }
}
