using System.Collections.Immutable;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>The line editor as a function: state and key to state. What is shown of it is <see cref="LineView"/>'s.</summary>
/// <param name="Line">What is typed, or recalled.</param>
/// <param name="History">Earlier lines, the oldest first.</param>
/// <param name="Place">Which of them is recalled; their count for the line that is typed.</param>
/// <param name="Draft">The line that was typed before others were recalled.</param>
/// <param name="Outcome">How the editing ended, if it did.</param>
/// <param name="Choices">What the word before the cursor could become, to be shown once.</param>
internal sealed record LineEditor(
    EditedLine Line,
    ImmutableArray<string> History,
    int Place,
    string Draft,
    LineOutcome Outcome,
    ImmutableArray<string> Choices
)
{
    private const string Indent = "    ";

    /// <summary>An empty line.</summary>
    public static LineEditor Begin(ImmutableArray<string> history) =>
        new(EditedLine.Empty, history, history.Length, "", LineOutcome.Editing, []);

    /// <summary>What a key makes of the line.</summary>
    /// <param name="key">The key.</param>
    /// <param name="words">What words can be completed to, at their first character.</param>
    public LineEditor Press(ConsoleKeyInfo key, Func<string, IEnumerable<string>> words)
    {
        var before = Choices.IsEmpty ? this : this with { Choices = [] };
        if (key.Key == ConsoleKey.Tab)
        {
            return before.Complete(words);
        }

        if (key.Key == ConsoleKey.Enter || key.KeyChar is '\n' or '\r')
        {
            return before with { Outcome = LineOutcome.Entered, Line = Line.End() };
        }

        return (key.Modifiers & (ConsoleModifiers.Control | ConsoleModifiers.Alt)) == 0
            ? before.PressPlain(key)
            : before.PressWithModifier(key);
    }

    private LineEditor PressPlain(ConsoleKeyInfo key) =>
        key.Key switch
        {
            ConsoleKey.LeftArrow => With(Line.Left()),
            ConsoleKey.RightArrow => With(Line.Right()),
            ConsoleKey.UpArrow => Recall(Place - 1),
            ConsoleKey.DownArrow => Recall(Place + 1),
            ConsoleKey.Home => With(Line.Home()),
            ConsoleKey.End => With(Line.End()),
            ConsoleKey.Backspace => With(Line.Backspace()),
            ConsoleKey.Delete => With(Line.Delete()),
            ConsoleKey.Escape => this,
            _ when key.KeyChar >= ' ' && key.KeyChar != '\x7f' => With(Line.Insert(key.KeyChar.ToString())),
            _ => this,
        };

    private LineEditor PressWithModifier(ConsoleKeyInfo key) =>
        (key.Key, key.Modifiers.HasFlag(ConsoleModifiers.Control)) switch
        {
            (ConsoleKey.A, true) => With(Line.Home()),
            (ConsoleKey.E, true) => With(Line.End()),
            (ConsoleKey.B, true) => With(Line.Left()),
            (ConsoleKey.F, true) => With(Line.Right()),
            (ConsoleKey.P, true) => Recall(Place - 1),
            (ConsoleKey.N, true) => Recall(Place + 1),
            (ConsoleKey.K, true) => With(Line.DeleteToEnd()),
            (ConsoleKey.U, true) => With(Line.DeleteToStart()),
            (ConsoleKey.W, true) or (ConsoleKey.Backspace, _) => With(Line.DeleteWordLeft()),
            (ConsoleKey.H, true) => With(Line.Backspace()),
            (ConsoleKey.C, true) => this with { Outcome = LineOutcome.Abandoned },
            (ConsoleKey.D, true) when Line.Text.Length == 0 => this with { Outcome = LineOutcome.EndOfInput },
            (ConsoleKey.D, true) => With(Line.Delete()),
            (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, false) => With(Line.WordLeft()),
            (ConsoleKey.RightArrow, _) or (ConsoleKey.F, false) => With(Line.WordRight()),
            _ when key.Modifiers == (ConsoleModifiers.Control | ConsoleModifiers.Alt) && key.KeyChar >= ' ' => With(
                Line.Insert(key.KeyChar.ToString())
            ), // AltGr
            _ => this,
        };

    private LineEditor With(EditedLine line) => this with { Line = line };

    private LineEditor Recall(int place)
    {
        if (place < 0 || place > History.Length)
        {
            return this;
        }

        var draft = Place == History.Length ? Line.Text : Draft;
        return this with { Draft = draft, Place = place, Line = EditedLine.AtEnd(place == History.Length ? draft : History[place]) };
    }

    /// <summary>Completes the word before the cursor as far as all its endings agree; at the start of a line it indents.</summary>
    private LineEditor Complete(Func<string, IEnumerable<string>> words)
    {
        var before = Line.Text[..Line.Cursor];
        if (string.IsNullOrWhiteSpace(before))
        {
            return With(Line.Insert(Indent));
        }

        var start = before.Length;
        while (start > 0 && (char.IsLetterOrDigit(before[start - 1]) || before[start - 1] == '_'))
        {
            start--;
        }

        if (start == 1 && before[0] == ':')
        {
            start = 0;
        }

        var word = before[start..];
        if (word.Length == 0 || (start > 0 && before[start - 1] == '.'))
        {
            return this;
        }

        var endings = words(word)
            .Where(w => w.StartsWith(word, StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToImmutableArray();
        if (endings.IsEmpty)
        {
            return this;
        }

        var common = endings.AsEnumerable().Aggregate(Agreed);
        if (common.Length > word.Length)
        {
            return With(Line.Insert(common[word.Length..]));
        }

        return endings.Length == 1 ? this : this with { Choices = endings };
    }

    private static string Agreed(string left, string right)
    {
        var length = left.AsSpan().CommonPrefixLength(right);
        if (length > 0 && char.IsHighSurrogate(left[length - 1]))
        {
            length--;
        }

        return left[..length];
    }
}

/// <summary>How the editing of a line stands.</summary>
internal enum LineOutcome
{
    /// <summary>It goes on.</summary>
    Editing,

    /// <summary>Enter: the line is to be read.</summary>
    Entered,

    /// <summary>Ctrl-C: the input is given up.</summary>
    Abandoned,

    /// <summary>Ctrl-D on an empty line.</summary>
    EndOfInput,
}
