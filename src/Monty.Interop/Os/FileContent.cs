using System.Text;
using Monty.Interop.Wire;

namespace Monty.Interop.Os;

/// <summary>The content of a write to a file: bytes, or a text in UTF-8 whose bytes are made only once there is room for them.</summary>
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

    /// <summary>The content of a call that writes.</summary>
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

    /// <summary>The bytes, which are made here where the content is a text.</summary>
    public ReadOnlyMemory<byte> ToBytes() => text is null ? bytes : Encoding.UTF8.GetBytes(text);
}
