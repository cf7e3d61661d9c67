using System.Buffers.Binary;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Holds the frames that wait to be written to a worker. Frames that were added together are written together.</summary>
internal sealed class SendBuffer
{
    private const int SmallBytes = 16 * 1024;
    private const int LargeBytes = 16 * 1024 * 1024;
    private byte[] bytes = new byte[SmallBytes];
    private int start;
    private int end;

    public ReadOnlySpan<byte> Unsent => bytes.AsSpan(start, end - start);

    public bool IsEmpty => start == end;

    /// <summary>Appends one request as a frame.</summary>
    /// <exception cref="MontySizeException">The request is larger than a frame may be. Nothing was added.</exception>
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
            Array.Resize(ref bytes, GetCapacity(needed));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(end), (uint)size);
        try
        {
            request.WriteTo(bytes.AsSpan(end + FrameParser.PrefixBytes, size));
        }
        catch (CodedOutputStream.OutOfSpaceException)
        {
            throw CreateException(SizeLimits.CountedBytes + 1); // protobuf's size overflowed its 32 bits
        }

        end = needed;
    }

    /// <summary>Returns the size of a request that fits into a frame, in bytes.</summary>
    /// <exception cref="MontySizeException">The request is larger than a frame may be.</exception>
    public static int RequireFit(ParentRequest request)
    {
        var size = request.CalculateSize();
        if (size is >= 0 and <= FrameParser.MaxBodyBytes)
        {
            return size;
        }

        throw CreateException((uint)size); // protobuf's size is negative above 2 GiB
    }

    public void Sent(int count) => start += count;

    private static MontySizeException CreateException(long size) => RequestSize.CreateException("The request", size);

    /// <summary>
    /// Returns double the capacity for small frames. A large frame gets a little more room than it needs, so that it is not copied when small frames are added
    /// for the same write.
    /// </summary>
    private int GetCapacity(int needed) =>
        needed <= LargeBytes ? Math.Max(needed, bytes.Length * 2) : (int)Math.Min(needed + (long)SmallBytes, Array.MaxLength);

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
