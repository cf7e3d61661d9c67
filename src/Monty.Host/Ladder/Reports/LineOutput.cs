using Monty.Host.Cli;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>Where the lines of fixtures go: a file, standard output, or nowhere.</summary>
internal sealed class LineOutput : IDisposable
{
    private const string StandardOutput = "-";

    private readonly Terminal? terminal;
    private readonly FileStream? file;

    private LineOutput(Terminal? terminal, FileStream? file)
    {
        this.terminal = terminal;
        this.file = file;
    }

    /// <param name="target">A file, <c>-</c> for standard output, or null for nowhere.</param>
    /// <param name="terminal">The standard streams.</param>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static LineOutput Open(string? target, Terminal terminal)
    {
        if (target is null or StandardOutput)
        {
            return new LineOutput(target is null ? null : terminal, null);
        }

        try
        {
            return new LineOutput(null, new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.Read));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"--jsonl: {target} cannot be written: {broken.Message}", broken);
        }
    }

    /// <exception cref="IOException">The disk is full, or nobody reads standard output any more.</exception>
    public void Write(ReadOnlyMemory<byte> line)
    {
        terminal?.Write(line.Span);
        file?.Write(line.Span);
        file?.Flush(); // whoever follows the file sees whole lines
    }

    public void Dispose() => file?.Dispose();
}
