using System.Text;

namespace Monty.Interop.Wire;

/// <summary>Counts the bytes of a text in UTF-8.</summary>
internal static class Utf8Length
{
    /// <summary>The number of characters to count at once. At most three bytes each, they fit into 32 bits.</summary>
    private const int PieceLength = 1 << 28;

    /// <summary>
    /// Returns the number of bytes. Unlike <see cref="Encoding.GetByteCount(string)"/>, it does not throw above 2 GiB. A lone surrogate counts as three bytes,
    /// like the replacement character.
    /// </summary>
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
