using System.Text;

namespace Monty.Interop.Wire;

/// <summary>The bytes of a text in UTF-8.</summary>
internal static class Utf8Length
{
    /// <summary>Half of the characters whose bytes always fit into 32 bits.</summary>
    private const int PieceLength = 1 << 28;

    /// <summary>Counts without an upper bound, where <see cref="Encoding.GetByteCount(string)"/> throws past 2 GiB. A lone surrogate counts three, as its replacement does.</summary>
    public static long Of(ReadOnlySpan<char> text)
    {
        long bytes = 0;
        while (text.Length > PieceLength)
        {
            var length = char.IsHighSurrogate(text[PieceLength - 1]) ? PieceLength - 1 : PieceLength;
            bytes += Encoding.UTF8.GetByteCount(text[..length]);
            text = text[length..];
        }

        return bytes + Encoding.UTF8.GetByteCount(text);
    }
}
