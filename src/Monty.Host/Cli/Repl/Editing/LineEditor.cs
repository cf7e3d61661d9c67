using System.Collections.Immutable;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>An immutable line editor. Every key returns the next state, and <see cref="LineView"/> draws it.</summary>
/// <remarks>The existing libraries for line editors are previews, or they include a framework for the whole console.</remarks>
internal sealed record LineEditor
{
    private const string Indent = "    ";

    /// <summary>The line that is typed, or a line recalled from the history.</summary>
    public EditedLine Line { get; private init; } = EditedLine.Empty;

    /// <summary>The state of the editing.</summary>
    public LineOutcome Outcome { get; private init; }

    /// <summary>The candidates for the word before the cursor, which are shown once after Tab.</summary>
    public ImmutableArray<string> Choices { get; private init; } = [];

    /// <summary>The earlier lines, oldest first.</summary>
    private ImmutableArray<string> History { get; init; }

    /// <summary>The index of the recalled line in the history. The length of the history stands for the draft.</summary>
    private int HistoryIndex { get; init; }

    /// <summary>The line that was typed before a line of the history was recalled.</summary>
    private string Draft { get; init; } = "";

    /// <summary>Begins with an empty line.</summary>
    public static LineEditor Begin(ImmutableArray<string> history) => new() { History = history, HistoryIndex = history.Length };

    /// <summary>Applies a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="words">Returns the candidates for the completion of a word, given its first characters.</param>
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
            ConsoleKey.UpArrow => Recall(HistoryIndex - 1),
            ConsoleKey.DownArrow => Recall(HistoryIndex + 1),
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
            (ConsoleKey.P, true) => Recall(HistoryIndex - 1),
            (ConsoleKey.N, true) => Recall(HistoryIndex + 1),
            (ConsoleKey.K, true) => With(Line.DeleteToEnd()),
            (ConsoleKey.U, true) => With(Line.DeleteToStart()),
            (ConsoleKey.W, true) or (ConsoleKey.Backspace, _) => With(Line.DeleteWordLeft()),
            (ConsoleKey.H, true) => With(Line.Backspace()),
            (ConsoleKey.C, true) => this with { Outcome = LineOutcome.Abandoned },
            (ConsoleKey.D, true) when Line.Text.Length == 0 => this with { Outcome = LineOutcome.EndOfInput },
            (ConsoleKey.D, true) => With(Line.Delete()),
            (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, false) => With(Line.WordLeft()),
            (ConsoleKey.RightArrow, _) or (ConsoleKey.F, false) => With(Line.WordRight()),
            _ when IsAltGrCharacter(key) => With(Line.Insert(key.KeyChar.ToString())),
            _ => this,
        };

    /// <summary>Returns true for a character typed with AltGr, which is reported as Ctrl and Alt.</summary>
    private static bool IsAltGrCharacter(ConsoleKeyInfo key) =>
        key.Modifiers == (ConsoleModifiers.Control | ConsoleModifiers.Alt) && key.KeyChar >= ' ';

    private LineEditor With(EditedLine line) => this with { Line = line };

    private LineEditor Recall(int index)
    {
        if (index < 0 || index > History.Length)
        {
            return this;
        }

        var draft = HistoryIndex == History.Length ? Line.Text : Draft;
        var recalled = index == History.Length ? draft : History[index];
        return this with { Draft = draft, HistoryIndex = index, Line = EditedLine.AtEnd(recalled) };
    }

    /// <summary>Completes the word before the cursor to the common prefix of all candidates. At the start of a line, inserts an indent.</summary>
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

        var candidates = words(word)
            .Where(w => w.StartsWith(word, StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToImmutableArray();
        if (candidates.IsEmpty)
        {
            return this;
        }

        var common = candidates.AsEnumerable().Aggregate(CommonPrefix);
        if (common.Length > word.Length)
        {
            return With(Line.Insert(common[word.Length..]));
        }

        return candidates.Length == 1 ? this : this with { Choices = candidates };
    }

    private static string CommonPrefix(string left, string right)
    {
        var length = left.AsSpan().CommonPrefixLength(right);
        if (length > 0 && char.IsHighSurrogate(left[length - 1]))
        {
            length--;
        }

        return left[..length];
    }
}

/// <summary>The state of the editing of a line.</summary>
internal enum LineOutcome
{
    /// <summary>The line is still being edited.</summary>
    Editing,

    /// <summary>The user pressed Enter, so the line is complete.</summary>
    Entered,

    /// <summary>The user pressed Ctrl-C, so the input is discarded.</summary>
    Abandoned,

    /// <summary>The user pressed Ctrl-D on an empty line.</summary>
    EndOfInput,
}
