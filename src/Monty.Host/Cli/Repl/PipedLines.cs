namespace Monty.Host.Cli.Repl;

/// <summary>Lines of a pipe or a file: no prompts, and no history.</summary>
internal sealed class PipedLines(TextReader input) : ILineSource
{
    public ReadResult Read(string prompt, Func<string, IEnumerable<string>> words) =>
        input.ReadLine() is { } line ? new ReadResult.Line(line) : new ReadResult.End();

    public IDisposable? Release() => null;
}
