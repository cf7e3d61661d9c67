using System.Text.Json;

namespace Monty.Host.Cli.Output;

/// <summary>Writes text of any length as JSON, in pieces.</summary>
/// <remarks>A single call of <see cref="Utf8JsonWriter"/> refuses very long text, and allocates up to six times the length of other text.</remarks>
internal static class LongText
{
    private const int PieceLength = 16 * 1024;

    /// <summary>Writes a member. Its value is null if the text is null.</summary>
    public static void Write(Utf8JsonWriter writer, string name, string? text)
    {
        writer.WritePropertyName(name);
        if (text is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Write(writer, text);
        }
    }

    /// <summary>Writes an element of an array, or the value of a member.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        for (; text.Length > PieceLength; text = text[PieceLength..])
        {
            writer.WriteStringValueSegment(text[..PieceLength], isFinalSegment: false);
        }

        writer.WriteStringValueSegment(text, isFinalSegment: true);
    }

    /// <summary>Truncates text after <paramref name="maxLength"/> characters, and ends it with <c>…</c>.</summary>
    public static string? Truncate(string? text, int maxLength)
    {
        if (text is null || text.Length <= maxLength)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
