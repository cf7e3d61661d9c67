using System.Buffers;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Output;

/// <summary>Writes bytes to standard output immediately, so that the whole result is never in memory.</summary>
/// <param name="terminal">The terminal to write to, or null to discard the bytes.</param>
internal sealed class OutputBuffer(Terminal? terminal) : IBufferWriter<byte>
{
    private byte[] buffer = new byte[16 * 1024];

    /// <exception cref="IOException">Standard output is closed or full.</exception>
    public void Advance(int count) => terminal?.Write(buffer.AsSpan(0, count));

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > buffer.Length)
        {
            buffer = new byte[sizeHint];
        }

        return buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
