using System.Buffers.Binary;

namespace Monty.Interop.Wire;

/// <summary>The framing of the wire as a pure function: a 4-byte little-endian length, then that many bytes of protobuf.</summary>
internal static class FrameParser
{
    public const int PrefixBytes = 4;

    /// <summary>The largest body that the runtime accepts or sends.</summary>
    public const int MaxBodyBytes = 256 * 1024 * 1024;

    /// <summary>Looks for one frame at the start of a buffer; allocates nothing.</summary>
    /// <param name="buffer">What has been read so far.</param>
    /// <param name="maxBodyBytes">The largest body to accept.</param>
    /// <param name="body">The body, when it is complete.</param>
    /// <returns>How many bytes the frame takes, prefix included, when it is complete; else how many the buffer must hold, negated.</returns>
    /// <exception cref="WireFormatException">The announced length is over <paramref name="maxBodyBytes"/>.</exception>
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
