using System.Globalization;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>An immutable line of text with a cursor. Every edit returns a new line.</summary>
/// <param name="Text">The text.</param>
/// <param name="Cursor">
/// The position of the cursor, from 0 to the length. It is never inside a text element, which is a character as the user sees it.
/// </param>
internal readonly record struct EditedLine(string Text, int Cursor)
{
    public static EditedLine Empty { get; } = new("", 0);

    /// <summary>Creates a line with the cursor at its end.</summary>
    public static EditedLine AtEnd(string text) => new(text, text.Length);

    public EditedLine Insert(string text) => new(Text.Insert(Cursor, text), Cursor + text.Length);

    public EditedLine Left() => this with { Cursor = Previous() };

    public EditedLine Right() => this with { Cursor = Next() };

    public EditedLine Home() => this with { Cursor = 0 };

    public EditedLine End() => this with { Cursor = Text.Length };

    public EditedLine WordLeft() => this with { Cursor = WordStart() };

    public EditedLine WordRight() => this with { Cursor = WordEnd() };

    public EditedLine Backspace() => Without(Previous(), Cursor);

    public EditedLine Delete() => Without(Cursor, Next());

    public EditedLine DeleteToStart() => Without(0, Cursor);

    public EditedLine DeleteToEnd() => Without(Cursor, Text.Length);

    public EditedLine DeleteWordLeft() => Without(WordStart(), Cursor);

    private EditedLine Without(int start, int end) => new(Text.Remove(start, end - start), start);

    private int Next() => Cursor == Text.Length ? Cursor : Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    /// <summary>Returns the start of the text element before the cursor.</summary>
    /// <remarks>The search begins at the start of the line, because text elements can only be found from left to right.</remarks>
    private int Previous()
    {
        var previous = 0;
        for (var next = 0; next < Cursor; next += StringInfo.GetNextTextElementLength(Text, next))
        {
            previous = next;
        }

        return previous;
    }

    private int WordStart()
    {
        var start = Cursor;
        while (start > 0 && !char.IsLetterOrDigit(Text[start - 1]))
        {
            start--;
        }

        while (start > 0 && char.IsLetterOrDigit(Text[start - 1]))
        {
            start--;
        }

        return SnapToCharacter(start);
    }

    private int WordEnd()
    {
        var end = Cursor;
        while (end < Text.Length && !char.IsLetterOrDigit(Text[end]))
        {
            end++;
        }

        while (end < Text.Length && char.IsLetterOrDigit(Text[end]))
        {
            end++;
        }

        return end == Text.Length ? end : SnapToCharacter(end);
    }

    /// <summary>Returns the start of the text element that contains a position.</summary>
    private int SnapToCharacter(int position)
    {
        var start = 0;
        while (start < position)
        {
            var next = start + StringInfo.GetNextTextElementLength(Text, start);
            if (next > position)
            {
                break;
            }

            start = next;
        }

        return start;
    }
}
