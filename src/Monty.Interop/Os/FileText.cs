using System.Text;
using System.Text.Unicode;

namespace Monty.Interop.Os;

/// <summary>A file is no UTF-8.</summary>
internal sealed class UndecodableException(PythonError error) : Exception(error.Message)
{
    public PythonError Error { get; } = error;
}

/// <summary>Bytes as CPython reads them in text mode: strict UTF-8, every line end a line feed.</summary>
internal static class FileText
{
    /// <summary>The text of a file.</summary>
    /// <param name="content">What was read of it; its line ends are changed in place, so that only one text is made.</param>
    public static string Decode(byte[] content) =>
        Utf8.IsValid(content)
            ? Encoding.UTF8.GetString(content, 0, ReplaceLineEnds(content))
            : throw new UndecodableException(DescribeInvalidBytes(content));

    /// <summary>Makes every line end a line feed.</summary>
    /// <returns>How much of the content is left.</returns>
    private static int ReplaceLineEnds(Span<byte> content)
    {
        var length = content.IndexOf((byte)'\r');
        if (length < 0)
        {
            return content.Length;
        }

        for (var at = length; at < content.Length; at++)
        {
            if (content[at] != '\r')
            {
                content[length++] = content[at];
            }
            else if (at + 1 == content.Length || content[at + 1] != '\n')
            {
                content[length++] = (byte)'\n'; // of CR LF the line feed is left
            }
        }

        return length;
    }

    /// <summary>The first bytes that are no character, and why, in CPython's words.</summary>
    private static PythonError DescribeInvalidBytes(ReadOnlySpan<byte> content)
    {
        var at = 0;
        int length;
        while (Rune.DecodeFromUtf8(content[at..], out _, out length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        var first = content[at];
        var isStart = first is >= 0xC2 and <= 0xF4;
        var expected =
            first < 0xE0 ? 2
            : first < 0xF0 ? 3
            : 4;
        var reason =
            !isStart ? "invalid start byte"
            : at + length == content.Length && length < expected ? "unexpected end of data"
            : "invalid continuation byte";
        var place = length == 1 ? $"byte 0x{first:x2} in position {at}" : $"bytes in position {at}-{at + length - 1}";
        return new PythonError("UnicodeDecodeError", $"'utf-8' codec can't decode {place}: {reason}");
    }
}
