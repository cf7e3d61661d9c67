namespace Monty.Host.Cli.Repl;

/// <summary>Reads lines from a pipe or a file, without prompts and without a history.</summary>
internal sealed class PipedLines(TextReader input) : ILineSource
{
    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words) =>
        input.ReadLine() is { } line ? new ReadResult.Line(line) : new ReadResult.End();

    public IDisposable? AllowInterrupts() => null;
}
