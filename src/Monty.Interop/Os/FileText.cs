using System.Text;

namespace Monty.Interop.Os;

/// <summary>A file is no UTF-8.</summary>
internal sealed class UndecodableException(PythonError error) : Exception(error.Message)
{
    public PythonError Error { get; } = error;
}

/// <summary>Bytes as CPython reads them in text mode: strict UTF-8, every line end a line feed.</summary>
internal static class FileText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(byte[] content)
    {
        try
        {
            var text = Strict.GetString(content);
            return text.Contains('\r', StringComparison.Ordinal)
                ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
                : text;
        }
        catch (DecoderFallbackException)
        {
            throw new UndecodableException(DescribeInvalidBytes(content));
        }
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
