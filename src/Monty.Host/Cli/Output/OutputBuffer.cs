using System.Buffers;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli.Output;

/// <summary>Passes bytes on as they are written, so that a result is never held as text; without a terminal it drops them.</summary>
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
