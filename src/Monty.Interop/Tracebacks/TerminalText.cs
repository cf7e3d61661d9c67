using System.Buffers;
using System.Globalization;
using System.Text;

namespace Monty.Interop.Tracebacks;

/// <summary>Text of the sandbox made fit for a terminal: what could drive one becomes an escape, what is too long is cut.</summary>
/// <remarks>
/// CPython prints control characters raw. Here C0, DEL and C1 become <c>\x1b</c> and the like, but for tabs, and line feeds where a text may
/// have several lines. Lone surrogates become <c>\ud800</c>, as CPython's standard error shows them. All else stays as it is.
/// </remarks>
internal static class TerminalText
{
    /// <summary>The longest line of source and the longest name, in shown characters; the rest becomes <c>…</c>.</summary>
    public const int MaxLineLength = 1_000;

    /// <summary>The longest message, in UTF-16 units before escapes.</summary>
    public const int MaxMessageLength = 100_000;

    /// <summary>One line: a name or a line of source; a line feed in it is escaped too.</summary>
    public static string Line(string text) => string.Concat(Characters(text).Select(character => character.Text));

    /// <summary>The characters of one line as they are shown, up to the cut; the mark of the cut is the last of them.</summary>
    public static IEnumerable<ShownCharacter> Characters(string line)
    {
        var shown = 0;
        for (var offset = 0; offset < line.Length; )
        {
            var escape = EscapeOf(line.AsSpan(offset), isLine: true, out var rune);
            shown += escape?.Length ?? 1;
            if (shown > MaxLineLength)
            {
                yield return new ShownCharacter(offset, "…", 0);
                yield break;
            }

            var width = escape?.Length ?? (WideCharacters.Contains(rune.Value) ? 2 : 1);
            yield return new ShownCharacter(offset, escape ?? rune.ToString(), width);
            offset += escape is null ? rune.Utf16SequenceLength : 1;
        }
    }

    /// <summary>A message: it may have many lines, and says how much of it is missing.</summary>
    public static string Message(string text)
    {
        var length = Math.Min(text.Length, MaxMessageLength);
        if (length < text.Length && char.IsLowSurrogate(text[length]))
        {
            length--;
        }

        var shown = new StringBuilder(length);
        for (var offset = 0; offset < length; )
        {
            var escape = EscapeOf(text.AsSpan(offset), isLine: false, out var rune);
            if (escape is null)
            {
                shown.Append(rune);
            }
            else
            {
                shown.Append(escape);
            }

            offset += escape is null ? rune.Utf16SequenceLength : 1;
        }

        if (length < text.Length)
        {
            shown.Append(CultureInfo.InvariantCulture, $"… [{text.Length - length} more characters not shown]");
        }

        return shown.ToString();
    }

    /// <summary>The escape of the first character of a text, always one UTF-16 unit; null when it is shown as it is.</summary>
    private static string? EscapeOf(ReadOnlySpan<char> text, bool isLine, out Rune rune)
    {
        var isWhole = Rune.DecodeFromUtf16(text, out rune, out _) == OperationStatus.Done;
        if (isWhole && (!Rune.IsControl(rune) || rune.Value == '\t' || (rune.Value == '\n' && !isLine)))
        {
            return null;
        }

        return text[0] <= 0xff ? $@"\x{(int)text[0]:x2}" : $@"\u{(int)text[0]:x4}";
    }
}

/// <summary>One character of a line as it is shown.</summary>
/// <param name="Offset">Where it stands in the line, in UTF-16 units.</param>
/// <param name="Text">What is shown for it.</param>
/// <param name="Width">The columns it takes; 0 for the mark of a cut.</param>
internal readonly record struct ShownCharacter(int Offset, string Text, int Width);
