using System.Text;
using Monty.Interop.Wire;

namespace Monty.Interop.Os;

/// <summary>The content to write to a file: bytes, or a text that is encoded in UTF-8 only after the limits were checked.</summary>
internal readonly struct FileContent
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly string? text;

    public FileContent(ReadOnlyMemory<byte> bytes)
    {
        this.bytes = bytes;
        Length = bytes.Length;
    }

    public FileContent(string text)
    {
        this.text = text;
        Length = Utf8Length.Of(text);
    }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>Returns the content of a call that writes a file.</summary>
    public static FileContent From(MontyOsCall call) =>
        call.Arguments[1] is MontyStr text ? new(text.Value) : new(((MontyBytes)call.Arguments[1]).Value);

    public void CopyTo(Span<byte> target)
    {
        if (text is null)
        {
            bytes.Span.CopyTo(target);
        }
        else
        {
            Encoding.UTF8.GetBytes(text, target);
        }
    }

    /// <summary>Returns the bytes. A text is encoded by this call.</summary>
    public ReadOnlyMemory<byte> ToBytes() => text is null ? bytes : Encoding.UTF8.GetBytes(text);
}
