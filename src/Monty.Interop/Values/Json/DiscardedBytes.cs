using System.Buffers;

namespace Monty.Interop.Values.Json;

/// <summary>Counts the bytes that a writer writes, and discards them.</summary>
/// <param name="maxCount">The count after which <see cref="Advance"/> throws. A value that contains the same list many times could otherwise be counted for days.</param>
internal sealed class DiscardedBytes(long maxCount) : IBufferWriter<byte>
{
    private byte[] buffer = new byte[16 * 1024];

    public long Count { get; private set; }

    /// <exception cref="CountExceededException">The maximum count is exceeded for the first time.</exception>
    public void Advance(int count)
    {
        var wasWithin = Count <= maxCount;
        Count += count;
        if (wasWithin && Count > maxCount)
        {
            throw new CountExceededException();
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

/// <summary>Thrown when a count exceeds its maximum.</summary>
internal sealed class CountExceededException : Exception;
