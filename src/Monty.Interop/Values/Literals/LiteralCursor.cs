using System.Globalization;
using System.Text;

namespace Monty.Interop.Values.Literals;

/// <summary>A position in the text of a literal.</summary>
internal sealed class LiteralCursor(string text)
{
    private const char End = '\0';

    public int Position { get; private set; }

    public bool IsAtEnd => Position >= text.Length;

    /// <summary>The character ahead; NUL beyond the end, which starts nothing.</summary>
    public char Peek(int ahead = 0) => Position + ahead < text.Length ? text[Position + ahead] : End;

    public char Next()
    {
        var next = Peek();
        Position++;
        return next;
    }

    public bool Take(string expected)
    {
        if (!text.AsSpan(Position).StartsWith(expected))
        {
            return false;
        }

        Position += expected.Length;
        return true;
    }

    /// <summary>Takes a run of characters; empty when the first is not of this kind.</summary>
    public ReadOnlySpan<char> TakeWhile(Func<char, bool> belongs)
    {
        var start = Position;
        while (!IsAtEnd && belongs(text[Position]))
        {
            Position++;
        }

        return text.AsSpan(start, Position - start);
    }

    public ReadOnlySpan<char> TakeLength(int length)
    {
        var taken = text.AsSpan(Position, Math.Min(length, text.Length - Position));
        Position += taken.Length;
        return taken;
    }

    public void SkipSpace()
    {
        while (!IsAtEnd && text[Position] is ' ' or '\t' or '\n' or '\r' or '\f')
        {
            Position++;
        }
    }

    /// <summary>The exception that says what should have stood here.</summary>
    public FormatException Expected(string what) => Expected(what, Position);

    /// <summary>The exception that says what should have stood at an earlier position.</summary>
    public FormatException Expected(string what, int position)
    {
        var at = Math.Min(position, text.Length);
        var before = text.AsSpan(0, at);
        var line = before.Count('\n') + 1;
        var column = at - before.LastIndexOf('\n');
        return new(string.Create(CultureInfo.InvariantCulture, $"Expected {what} at line {line}, column {column}, found {Found(at)}."));
    }

    private string Found(int position)
    {
        if (position >= text.Length)
        {
            return "the end";
        }

        var shown = Rune.TryGetRuneAt(text, position, out var rune) ? rune.ToString() : text[position].ToString();
        return StringLiteral.Append(new StringBuilder(), shown).ToString();
    }
}
