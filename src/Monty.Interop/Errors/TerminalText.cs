using System.Buffers;
using System.Globalization;
using System.Text;

namespace Monty.Interop;

/// <summary>Text of the sandbox made fit for a terminal: what could drive one is shown as an escape, what is too long is cut with a mark.</summary>
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

    private static readonly SearchValues<char> SuspectInLine = SearchValues.Create([.. Suspects, '\n']);

    private static readonly SearchValues<char> SuspectInMessage = SearchValues.Create([.. Suspects]);

    private static IEnumerable<char> Suspects =>
        from code in Enumerable.Range(0, 0x10000)
        let character = (char)code
        where (char.IsControl(character) && character is not ('\t' or '\n')) || char.IsSurrogate(character)
        select character;

    /// <summary>One line: a name or a line of source; a line feed in it is escaped too.</summary>
    public static string Line(string text)
    {
        if (text.Length <= MaxLineLength && !text.AsSpan().ContainsAny(SuspectInLine)) return text;
        var shown = new StringBuilder();
        foreach (var character in Characters(text)) shown.Append(character.Text);
        return shown.ToString();
    }

    /// <summary>A message: it may have many lines, and says how much of it is missing.</summary>
    public static string Message(string text)
    {
        var length = Math.Min(text.Length, MaxMessageLength);
        if (length < text.Length && char.IsLowSurrogate(text[length])) length--;
        var kept = text.AsSpan(0, length);
        var shown = new StringBuilder(length);
        while (kept.IndexOfAny(SuspectInMessage) is var clean and >= 0)
        {
            shown.Append(kept[..clean]);
            var status = Rune.DecodeFromUtf16(kept[clean..], out var rune, out var used);
            shown.Append(status == OperationStatus.Done && rune.Value > 0xffff ? rune.ToString() : Escape(kept[clean]));
            kept = kept[(clean + used)..];
        }

        shown.Append(kept);
        if (length < text.Length) shown.Append(CultureInfo.InvariantCulture, $"… [{text.Length - length} more characters not shown]");
        return shown.ToString();
    }

    /// <summary>The characters of one line as they are shown, up to the cut; the mark of the cut is the last of them.</summary>
    public static IEnumerable<ShownCharacter> Characters(string line)
    {
        var shown = 0;
        for (var offset = 0; offset < line.Length;)
        {
            var status = Rune.DecodeFromUtf16(line.AsSpan(offset), out var rune, out var used);
            var escape = status != OperationStatus.Done || (Rune.IsControl(rune) && rune.Value != '\t') ? Escape(line[offset]) : null;
            shown += escape?.Length ?? 1;
            if (shown > MaxLineLength)
            {
                yield return new ShownCharacter(offset, "…", 0);
                yield break;
            }

            var width = escape?.Length ?? (WideCharacters.Contains(rune.Value) ? 2 : 1);
            yield return new ShownCharacter(offset, escape ?? rune.ToString(), width);
            offset += used;
        }
    }

    private static string Escape(char character) =>
        character <= 0xff ? $@"\x{(int)character:x2}" : $@"\u{(int)character:x4}";
}

/// <summary>One character of a line as it is shown.</summary>
/// <param name="Offset">Where it stands in the line, in UTF-16 units.</param>
/// <param name="Text">What is shown for it.</param>
/// <param name="Width">The columns it takes; 0 for the mark of a cut.</param>
internal readonly record struct ShownCharacter(int Offset, string Text, int Width);
