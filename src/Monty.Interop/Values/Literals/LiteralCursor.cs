using System.Globalization;
using System.Text;

namespace Monty.Interop.Values.Literals;

/// <summary>Reads the text of a literal from left to right.</summary>
internal sealed class LiteralCursor(string text)
{
    private const char End = '\0';

    public int Position { get; private set; }

    public bool IsAtEnd => Position >= text.Length;

    /// <summary>Returns a character at or after the position, or NUL after the end of the text. No literal starts with NUL.</summary>
    public char Peek(int ahead = 0) => Position + ahead < text.Length ? text[Position + ahead] : End;

    public char Next()
    {
        var next = Peek();
        Position++;
        return next;
    }

    public bool TryTake(string expected)
    {
        if (!text.AsSpan(Position).StartsWith(expected))
        {
            return false;
        }

        Position += expected.Length;
        return true;
    }

    /// <summary>Takes the characters that meet a condition, up to the first that does not.</summary>
    public ReadOnlySpan<char> TakeWhile(Func<char, bool> condition)
    {
        var start = Position;
        while (!IsAtEnd && condition(text[Position]))
        {
            Position++;
        }

        return text.AsSpan(start, Position - start);
    }

    /// <summary>Takes a number of characters, or fewer at the end of the text.</summary>
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

    /// <summary>Creates the exception that says what was expected at the current position.</summary>
    public FormatException Expected(string what) => Expected(what, Position);

    /// <summary>Creates the exception that says what was expected at an earlier position.</summary>
    public FormatException Expected(string what, int position)
    {
        var at = Math.Min(position, text.Length);
        var before = text.AsSpan(0, at);
        var line = before.Count('\n') + 1;
        var column = at - before.LastIndexOf('\n');
        return new(
            string.Create(CultureInfo.InvariantCulture, $"Expected {what} at line {line}, column {column}, but found {Describe(at)}.")
        );
    }

    private string Describe(int position)
    {
        if (position >= text.Length)
        {
            return "the end of the text";
        }

        var character = Rune.TryGetRuneAt(text, position, out var rune) ? rune.ToString() : text[position].ToString();
        return StringLiteral.Append(new StringBuilder(), character).ToString();
    }
}
