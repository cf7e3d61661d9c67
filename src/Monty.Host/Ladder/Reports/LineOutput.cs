using Monty.Host.Cli;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>Writes the JSON lines of fixtures to a file, to standard output, or nowhere.</summary>
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

    /// <param name="target">The path of a file, <c>-</c> for standard output, or null to discard the lines.</param>
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
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"--jsonl: {target} cannot be written: {exception.Message}", exception);
        }
    }

    /// <exception cref="IOException">The disk is full, or the reader of standard output has closed the pipe.</exception>
    public void Write(ReadOnlyMemory<byte> line)
    {
        terminal?.Write(line.Span);
        file?.Write(line.Span);
        file?.Flush(); // A program that follows the file should see complete lines.
    }

    public void Dispose() => file?.Dispose();
}
