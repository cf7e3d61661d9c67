using System.Buffers;
using System.Globalization;
using System.Text;

namespace Monty.Interop.Tracebacks;

/// <summary>Text of the sandbox made fit for a terminal: characters that could drive it are escaped, and long text is cut.</summary>
/// <remarks>
/// CPython prints all characters raw. Here control characters become <c>\x1b</c> and the like, except tabs, and line feeds where a text may
/// have several lines. So do the separators that end a line and the marks that reorder it (<c>\u202e</c>). Lone surrogates become
/// <c>\ud800</c>, as on CPython's standard error. Every other character stays as it is.
/// </remarks>
internal static class TerminalText
{
    /// <summary>The longest line of source and the longest name, in characters as shown. The rest becomes <c>…</c>.</summary>
    public const int MaxLineLength = 1_000;

    /// <summary>The longest message, in UTF-16 units before escapes.</summary>
    public const int MaxMessageLength = 100_000;

    /// <summary>Returns a name or a line of source on one line: line feeds in it are escaped too.</summary>
    public static string Line(string text) => string.Concat(Characters(text).Select(character => character.Text));

    /// <summary>Returns the characters of one line as they are shown. Where the line is cut, the mark of the cut is the last of them.</summary>
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

    /// <summary>Returns a message, which may have many lines. Where it is cut, it ends with the number of characters left out.</summary>
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

    /// <summary>Returns the escape sequence for the first character of a text, or null when the character is shown unchanged. An escaped character is always one UTF-16 unit.</summary>
    private static string? EscapeOf(ReadOnlySpan<char> text, bool isLine, out Rune rune)
    {
        var isWhole = Rune.DecodeFromUtf16(text, out rune, out _) == OperationStatus.Done;
        if (isWhole && (IsHarmless(rune) || (rune.Value == '\n' && !isLine)))
        {
            return null;
        }

        return text[0] <= 0xff ? $@"\x{(int)text[0]:x2}" : $@"\u{(int)text[0]:x4}";
    }

    private static bool IsHarmless(Rune rune) =>
        rune.Value switch
        {
            '\t' => true,
            >= 0x2028 and <= 0x202e => false, // line and paragraph separators; embeddings and overrides of the direction
            >= 0x2066 and <= 0x2069 => false, // isolates of the direction
            _ => !Rune.IsControl(rune),
        };
}

/// <summary>One character of a line as it is shown.</summary>
/// <param name="Offset">Its offset in the line, in UTF-16 units.</param>
/// <param name="Text">The text that is shown for it.</param>
/// <param name="Width">The columns that it takes, or 0 for the mark of a cut.</param>
internal readonly record struct ShownCharacter(int Offset, string Text, int Width);
