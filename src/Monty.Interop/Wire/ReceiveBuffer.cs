namespace Monty.Interop.Wire;

/// <summary>Bytes read from a worker and not yet parsed. It grows with what arrives, never by what a frame announces, and shrinks when empty.</summary>
internal sealed class ReceiveBuffer
{
    private const int SmallBytes = 64 * 1024;
    private byte[] bytes = new byte[SmallBytes];
    private int start;
    private int end;

    /// <summary>What was read and not yet consumed. The bytes stay where they are until the next <see cref="GetRoom"/>, after they are consumed too.</summary>
    public ReadOnlyMemory<byte> Unread => bytes.AsMemory(start, end - start);

    /// <summary>Room to read into: at least one byte, after moving or growing.</summary>
    /// <param name="wanted">How many unread bytes the next frame needs in all; a hint that is followed only up to a doubling.</param>
    public Span<byte> GetRoom(int wanted)
    {
        if (end == bytes.Length || start == end)
        {
            var unread = end - start;
            var target = bytes;
            if (unread == bytes.Length)
            {
                target = GC.AllocateUninitializedArray<byte>(
                    (int)Math.Min(Array.MaxLength, Math.Clamp(wanted, bytes.Length + 1L, bytes.Length * 2L))
                );
            }

            bytes.AsSpan(start, unread).CopyTo(target);
            bytes = target;
            start = 0;
            end = unread;
        }

        return bytes.AsSpan(end);
    }

    public void Received(int count) => end += count;

    /// <summary>Drops bytes from the front. The room that a large frame took is given up with it, so that idle workers keep none.</summary>
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
