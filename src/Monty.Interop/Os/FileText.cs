using System.Text;
using System.Text.Unicode;

namespace Monty.Interop.Os;

/// <summary>Thrown when a file is not valid UTF-8.</summary>
internal sealed class UndecodableException(PythonError error) : Exception(error.Message)
{
    public PythonError Error { get; } = error;
}

/// <summary>Decodes files as CPython does in text mode: as strict UTF-8, with all line endings converted to line feeds.</summary>
internal static class FileText
{
    /// <summary>Decodes the text of a file.</summary>
    /// <param name="content">The bytes of the file. The line endings are replaced in this array, so that the text is built only once.</param>
    /// <exception cref="UndecodableException">The bytes are not valid UTF-8.</exception>
    public static string Decode(byte[] content) =>
        Utf8.IsValid(content)
            ? Encoding.UTF8.GetString(content, 0, ReplaceLineEndings(content))
            : throw new UndecodableException(DescribeInvalidBytes(content));

    /// <summary>Replaces every line ending with a line feed, in place.</summary>
    /// <returns>The new length of the content.</returns>
    private static int ReplaceLineEndings(Span<byte> content)
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
                content[length++] = (byte)'\n'; // a CR before an LF is left out, and the LF is copied next
            }
        }

        return length;
    }

    /// <summary>Returns CPython's error for the first bytes that are not a valid character.</summary>
    private static PythonError DescribeInvalidBytes(ReadOnlySpan<byte> content)
    {
        var at = 0;
        int length;
        while (Rune.DecodeFromUtf8(content[at..], out _, out length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        var first = content[at];
        var reason = GetReason(first, length, isAtEnd: at + length == content.Length);
        var place = length == 1 ? $"byte 0x{first:x2} in position {at}" : $"bytes in position {at}-{at + length - 1}";
        return new PythonError("UnicodeDecodeError", $"'utf-8' codec can't decode {place}: {reason}");
    }

    private static string GetReason(byte first, int length, bool isAtEnd)
    {
        if (first is < 0xC2 or > 0xF4)
        {
            return "invalid start byte";
        }

        var expectedLength = first switch
        {
            < 0xE0 => 2,
            < 0xF0 => 3,
            _ => 4,
        };
        return isAtEnd && length < expectedLength ? "unexpected end of data" : "invalid continuation byte";
    }
}
