using System.Buffers.Binary;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Frames waiting to be written to a worker, several of them in one write where they were added together.</summary>
internal sealed class SendBuffer
{
    private const int SmallBytes = 16 * 1024;
    private byte[] bytes = new byte[SmallBytes];
    private int start;
    private int end;

    public ReadOnlySpan<byte> Unsent => bytes.AsSpan(start, end - start);

    public bool IsEmpty => start == end;

    /// <summary>Appends one request as a frame.</summary>
    /// <exception cref="ArgumentException">The request is over the frame limit; nothing was added.</exception>
    public void Add(ParentRequest request)
    {
        var size = RequireFit(request);
        if (IsEmpty)
        {
            Clear();
        }

        var needed = end + FrameParser.PrefixBytes + size;
        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(needed, bytes.Length * 2));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(end), (uint)size);
        try
        {
            request.WriteTo(bytes.AsSpan(end + FrameParser.PrefixBytes, size));
        }
        catch (CodedOutputStream.OutOfSpaceException)
        {
            throw TooLarge("over 4 GiB"); // the size went once round its 32 bits
        }

        end = needed;
    }

    /// <summary>The size of a request that fits a frame.</summary>
    /// <exception cref="ArgumentException">The request is over the frame limit.</exception>
    public static int RequireFit(ParentRequest request)
    {
        var size = request.CalculateSize();
        if (size is >= 0 and <= FrameParser.MaxBodyBytes)
        {
            return size;
        }

        throw TooLarge(size < 0 ? "over 2 GiB" : $"{size} bytes");
    }

    public void Sent(int count) => start += count;

    private static ArgumentException TooLarge(string size) =>
        new(
            $"The request takes {size}; the runtime accepts {FrameParser.MaxBodyBytes} at once. Send the data in smaller pieces, one feed or call after the other."
        );

    private void Clear()
    {
        if (bytes.Length > SmallBytes)
        {
            bytes = new byte[SmallBytes];
        }

        start = 0;
        end = 0;
    }
}
