using System.Globalization;
using System.Text;

namespace Monty.Host.Cli.Streams;

/// <summary>Formats untrusted text for one line of a terminal, so that it cannot move the cursor, hide characters or fill the screen.</summary>
internal static class VisibleText
{
    private const char Ellipsis = '…';

    /// <summary>Replaces control and invisible characters with Python escapes, and truncates the result.</summary>
    public static string Format(string text, int maxLength)
    {
        var visible = new StringBuilder(Math.Min(text.Length, maxLength) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = IsPlain(rune) ? rune.ToString() : Escape(rune);
            if (visible.Length + piece.Length > maxLength)
            {
                return visible.Append(Ellipsis).ToString();
            }

            visible.Append(piece);
        }

        return visible.ToString();
    }

    private static bool IsPlain(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );

    private static string Escape(Rune rune) =>
        rune.Value switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < 0x100 => $"\\x{rune.Value:x2}",
            < 0x10000 => $"\\u{rune.Value:x4}",
            _ => $"\\U{rune.Value:x8}",
        };
}
