using System.Buffers;

namespace Monty.Interop.Values.Json;

/// <summary>Counts what a writer writes and keeps none of it.</summary>
/// <param name="stopAt">Past this it throws: what is counted may have no end that can be reached.</param>
internal sealed class DiscardedBytes(long stopAt) : IBufferWriter<byte>
{
    private byte[] buffer = new byte[16 * 1024];

    public long Count { get; private set; }

    /// <exception cref="CountedOutException">The limit is passed.</exception>
    public void Advance(int count)
    {
        var wasWithin = Count <= stopAt;
        Count += count;
        if (wasWithin && Count > stopAt)
        {
            throw new CountedOutException();
        }
    }

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

/// <summary>A count passed where it was to stop.</summary>
internal sealed class CountedOutException : Exception;
