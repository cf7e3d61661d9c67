using System.Globalization;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>A line under the cursor's hands: a value, changed by making another.</summary>
/// <param name="Text">The line.</param>
/// <param name="Cursor">Before which character the cursor stands, from 0 to the length; never inside of what is seen as one character.</param>
internal readonly record struct EditedLine(string Text, int Cursor)
{
    public static EditedLine Empty { get; } = new("", 0);

    /// <summary>A line with the cursor at its end.</summary>
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

    /// <summary>Counted from the start of the line: only from there is it known which characters are seen as one.</summary>
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

        return Settled(start);
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

        return end == Text.Length ? end : Settled(end);
    }

    /// <summary>The start of what is seen as one character around a place.</summary>
    private int Settled(int place)
    {
        var start = 0;
        while (start < place && start + StringInfo.GetNextTextElementLength(Text, start) is var next && next <= place)
        {
            start = next;
        }

        return start;
    }
}
