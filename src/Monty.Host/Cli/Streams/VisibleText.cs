using System.Globalization;
using System.Text;

namespace Monty.Host.Cli.Streams;

/// <summary>Text of a script on one line of a terminal: nothing in it moves the cursor, hides characters or fills the screen.</summary>
internal static class VisibleText
{
    private const char Ellipsis = '…';

    /// <summary>The text with control and invisible characters as Python escapes, cut after <paramref name="longest"/> characters.</summary>
    public static string Format(string text, int longest)
    {
        var visible = new StringBuilder(Math.Min(text.Length, longest) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = IsPlain(rune) ? rune.ToString() : Escape(rune);
            if (visible.Length + piece.Length > longest)
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
