using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>A JSON writer that knows where it stands and refuses text that JSON would change.</summary>
internal sealed class JsonOutput(Utf8JsonWriter writer, bool limitsTexts)
{
    /// <summary>The longest name that is written as a member's: the JSON writer takes no name in pieces.</summary>
    public const int LongestName = PieceLength;

    /// <summary>A longer text goes out in pieces: written whole, it would take six times its length.</summary>
    private const int PieceLength = 16 * 1024;

    // Beyond this a JSON reader that holds numbers as doubles may round.
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

    public void Tagged(string tag, string text)
    {
        OpenTag(tag);
        Text(text);
        CloseTag();
    }

    /// <summary>An object of texts; those that are null are left out.</summary>
    public void Tagged(string tag, params ReadOnlySpan<(string Name, string? Text)> members)
    {
        OpenTag(tag);
        OpenObject();
        foreach (var (name, text) in members)
        {
            Member(name, text);
        }

        CloseObject();
        CloseTag();
    }

    public void Member(string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        EnterMember(name);
        Text(text);
        Leave();
    }

    public void Text(string text)
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

    public void Base64(ReadOnlySpan<byte> bytes)
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

    public void Int(MontyInt value)
    {
        if (value.TryGetInt64(out var small) && small is >= -LargestExactInt and <= LargestExactInt)
        {
            writer.WriteNumberValue(small);
        }
        else if (IntText.FormatDecimal(value) is { } digits)
        {
            Tagged(JsonTag.Int, digits);
        }
        else
        {
            OpenTag(JsonTag.Int);
            RequireLength(IntText.HexadecimalLength(value));
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
                $"A text in the JSON, at {path},",
                length,
                MontyJson.MaxTextLength,
                "characters",
                "Split it, such as into a list of parts, or send it as bytes."
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
                    "The text has a lone surrogate, which JSON cannot carry unchanged; replace it, or send the UTF-16 units as bytes"
                );
            }

            rest = rest[(at + 2)..];
        }
    }
}
