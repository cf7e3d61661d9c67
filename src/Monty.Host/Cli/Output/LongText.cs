using System.Text.Json;

namespace Monty.Host.Cli.Output;

/// <summary>Writes texts of any length as JSON: <see cref="Utf8JsonWriter"/> refuses very long ones, and takes six times their length for others.</summary>
internal static class LongText
{
    private const int PieceLength = 16 * 1024;

    /// <summary>Writes a member; null for a text that is missing.</summary>
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

    /// <summary>Writes an element.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        for (; text.Length > PieceLength; text = text[PieceLength..])
        {
            writer.WriteStringValueSegment(text[..PieceLength], isFinalSegment: false);
        }

        writer.WriteStringValueSegment(text, isFinalSegment: true);
    }

    /// <summary>A text that is cut where it is longer; <c>…</c> stands for the rest.</summary>
    public static string? Cut(string? text, int longest)
    {
        if (text is null || text.Length <= longest)
        {
            return text;
        }

        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest), "…");
    }
}
