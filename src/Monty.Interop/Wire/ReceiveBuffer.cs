namespace Monty.Interop.Wire;

/// <summary>Holds the bytes that were read from a worker and are not yet parsed.</summary>
/// <remarks>The buffer grows only as bytes arrive, never because of the length in a frame's prefix, and shrinks again when it is empty.</remarks>
internal sealed class ReceiveBuffer
{
    private const int SmallBytes = 64 * 1024;

    /// <summary>The buffer can more than double in one step, so that all buffers of a large frame together take less than twice its size.</summary>
    private const long MaxGrowth = 4;

    private byte[] bytes = new byte[SmallBytes];
    private int start;
    private int end;

    /// <summary>The bytes that were read and are not yet consumed. The memory stays valid until the next <see cref="GetRoom"/>, even after the bytes are consumed.</summary>
    public ReadOnlyMemory<byte> Unread => bytes.AsMemory(start, end - start);

    /// <summary>Returns free space of at least one byte to read into. The buffer is compacted or enlarged when it is full.</summary>
    /// <param name="wanted">The total size of the next frame. This is only a hint, as the buffer grows to at most four times its size.</param>
    public Span<byte> GetRoom(int wanted)
    {
        if (end == bytes.Length || start == end)
        {
            var unread = end - start;
            var target = bytes;
            if (unread == bytes.Length)
            {
                target = GC.AllocateUninitializedArray<byte>(
                    (int)Math.Min(Array.MaxLength, Math.Clamp(wanted, bytes.Length + 1L, bytes.Length * MaxGrowth))
                );
            }

            bytes.AsSpan(start, unread).CopyTo(target);
            bytes = target;
            start = 0;
            end = unread;
        }

        return bytes.AsSpan(end);
    }

    /// <summary>Adds bytes that were written to the space from <see cref="GetRoom"/>.</summary>
    public void Received(int count) => end += count;

    /// <summary>Removes bytes from the front. When the buffer becomes empty, it shrinks to its initial size, so that idle workers do not hold the memory of large frames.</summary>
    public void Consume(int count)
    {
        start += count;
        if (start == end && bytes.Length > SmallBytes)
        {
            bytes = new byte[SmallBytes];
            start = 0;
            end = 0;
        }
    }
}
