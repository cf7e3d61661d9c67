using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Writes JSON, keeps the current path for error messages, and refuses text that JSON would change.</summary>
internal sealed class JsonOutput(Utf8JsonWriter writer, bool limitsTexts)
{
    /// <summary>The maximum length of a member's name. The JSON writer cannot write a longer name in pieces.</summary>
    public const int MaxNameLength = PieceLength;

    /// <summary>The length above which a text is written in pieces. In one piece, the writer would allocate six times its length.</summary>
    private const int PieceLength = 16 * 1024;

    // Above this, a JSON reader that stores numbers as doubles may round.
    private const long LargestExactInt = 1L << 53;

    private readonly ValuePath path = new(MontyJson.Refusal);

    public Utf8JsonWriter Writer => writer;

    public Exception CreateException(string problem) => path.CreateException(problem);

    public void OpenObject()
    {
        path.RequireDepth();
        writer.WriteStartObject();
    }

    public void CloseObject() => writer.WriteEndObject();

    public void OpenArray()
    {
        path.RequireDepth();
        writer.WriteStartArray();
    }

    public void CloseArray() => writer.WriteEndArray();

    public void EnterItem(int index) => path.Enter(index);

    public void EnterMember(string name)
    {
        RequireText(name);
        writer.WritePropertyName(name);
        path.Enter(name);
    }

    public void Leave() => path.Leave();

    public void OpenTag(string tag)
    {
        OpenObject();
        EnterMember(tag);
    }

    public void CloseTag()
    {
        Leave();
        CloseObject();
    }

    public void WriteTagged(string tag, string text)
    {
        OpenTag(tag);
        WriteText(text);
        CloseTag();
    }

    /// <summary>Writes a tag with an object of texts. Members whose text is null are left out.</summary>
    public void WriteTagged(string tag, params ReadOnlySpan<(string Name, string? Text)> members)
    {
        OpenTag(tag);
        OpenObject();
        foreach (var (name, text) in members)
        {
            WriteMember(name, text);
        }

        CloseObject();
        CloseTag();
    }

    /// <summary>Writes a member, or nothing if its text is null.</summary>
    public void WriteMember(string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        EnterMember(name);
        WriteText(text);
        Leave();
    }

    public void WriteText(string text)
    {
        RequireText(text);
        RequireLength(text.Length);
        if (text.Length <= PieceLength)
        {
            writer.WriteStringValue(text);
            return;
        }

        for (var rest = text.AsSpan(); !rest.IsEmpty; )
        {
            var piece = rest[..Math.Min(PieceLength, rest.Length)];
            rest = rest[piece.Length..];
            writer.WriteStringValueSegment(piece, isFinalSegment: rest.IsEmpty);
        }
    }

    public void WriteBase64(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= PieceLength)
        {
            writer.WriteBase64StringValue(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(PieceLength, bytes.Length)];
            bytes = bytes[piece.Length..];
            writer.WriteBase64StringSegment(piece, isFinalSegment: bytes.IsEmpty);
        }
    }

    public void WriteInt(MontyInt value)
    {
        if (value.TryGetInt64(out var small) && small is >= -LargestExactInt and <= LargestExactInt)
        {
            writer.WriteNumberValue(small);
        }
        else if (IntText.FormatDecimal(value) is { } digits)
        {
            WriteTagged(JsonTag.Int, digits);
        }
        else
        {
            OpenTag(JsonTag.Int);
            RequireLength(IntText.GetHexadecimalLength(value));
            IntText.WriteHexadecimal(value, piece => writer.WriteStringValueSegment(piece, isFinalSegment: false));
            writer.WriteStringValueSegment("", isFinalSegment: true);
            CloseTag();
        }
    }

    private void RequireLength(long length)
    {
        if (limitsTexts && length > MontyJson.MaxTextLength)
        {
            throw new MontySizeException(
                $"The JSON cannot be written: the text at {path}",
                length,
                MontyJson.MaxTextLength,
                "characters",
                "Split it, for example into a list of parts, or send it as bytes."
            );
        }
    }

    private void RequireText(string text)
    {
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0; at = rest.IndexOfAnyInRange('\ud800', '\udfff'))
        {
            if (!Rune.TryGetRuneAt(text, text.Length - rest.Length + at, out _))
            {
                throw CreateException(
                    "The text contains a lone surrogate, which JSON cannot represent; replace it, or send the UTF-16 code units as bytes"
                );
            }

            rest = rest[(at + 2)..];
        }
    }
}
