using System.Buffers.Binary;

namespace Monty.Interop.Wire;

/// <summary>Parses frames. A frame is a 4-byte little-endian length, followed by that number of bytes of protobuf.</summary>
internal static class FrameParser
{
    public const int PrefixBytes = 4;

    /// <summary>The size of the largest body that the runtime accepts or sends.</summary>
    public const int MaxBodyBytes = 256 * 1024 * 1024;

    /// <summary>Parses the frame at the start of a buffer, without allocating.</summary>
    /// <param name="buffer">The bytes that have been read so far.</param>
    /// <param name="maxBodyBytes">The size of the largest body to accept.</param>
    /// <param name="body">The body, or empty when the frame is not complete.</param>
    /// <returns>The size of the frame with its prefix when the frame is complete; otherwise the negated number of bytes that the buffer must hold before the next attempt.</returns>
    /// <exception cref="WireFormatException">The length in the prefix is greater than <paramref name="maxBodyBytes"/>.</exception>
    public static int TryParse(ReadOnlySpan<byte> buffer, int maxBodyBytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (buffer.Length < PrefixBytes)
        {
            return -PrefixBytes;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        if (length > (uint)maxBodyBytes)
        {
            throw new WireFormatException($"a frame of {length} bytes, over the limit of {maxBodyBytes}");
        }

        var total = PrefixBytes + (int)length;
        if (buffer.Length < total)
        {
            return -total;
        }

        body = buffer[PrefixBytes..total];
        return total;
    }
}
