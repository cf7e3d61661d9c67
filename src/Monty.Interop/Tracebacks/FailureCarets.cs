using System.Text;
using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>The carets under the part of a statement that failed, as CPython 3.13 chooses them.</summary>
internal sealed class FailureCarets
{
    private readonly (int Start, int End) part;

    private FailureCarets((int Start, int End) part) => this.part = part;

    /// <summary>The operator or brackets told apart, in UTF-16 units of the excerpt's text; null when all carets are the same.</summary>
    public (int Start, int End)? Anchors { get; private init; }

    /// <summary>False where carets say nothing: under a whole statement, or under a call that is all that is returned or assigned.</summary>
    public bool AreShown { get; private init; }

    /// <summary>The carets of an excerpt, or null when it does not say what failed.</summary>
    public static FailureCarets? From(SourceExcerpt excerpt)
    {
        if (excerpt.FailedPart is not var (start, end))
        {
            return null;
        }

        var found = CaretAnchors.Find(excerpt.Text[start..end]);
        var isWholeCall = found is { IsCall: true } call && IsReturnedOrAssigned(excerpt, start, end, call.CalleeIsName);

        // The lines that the runtime left out may hold the operator.
        var anchors = excerpt.IsShortened ? null : found;
        return new FailureCarets((start, end))
        {
            Anchors = anchors is { } known ? (start + known.Start, start + known.End) : null,
            AreShown =
                !isWholeCall && (anchors is not null || !Before(excerpt, start).IsWhiteSpace() || !excerpt.Text.AsSpan(end).IsWhiteSpace()),
        };
    }

    /// <summary>One line of the excerpt as it is shown, and the carets under it; null where it was cut before they start.</summary>
    /// <param name="line">The line.</param>
    /// <param name="lineStart">Where it starts in the excerpt's text.</param>
    public (string Shown, string? Carets) Under(string line, int lineStart)
    {
        var indent = line.AsSpan().IndexOf(line.AsSpan().TrimStart());
        var shown = new StringBuilder();
        var carets = new StringBuilder();
        var isCut = false;
        foreach (var character in TerminalText.Characters(line))
        {
            shown.Append(character.Text);
            isCut |= character.Width == 0;
            var position = lineStart + character.Offset;
            if (position < part.End)
            {
                carets.Append(character.Offset < indent ? ' ' : CaretAt(position), character.Width);
            }
        }

        var isBlank = carets.ToString().AsSpan().IsWhiteSpace();
        return (shown.ToString(), isCut && isBlank ? null : carets.ToString());
    }

    private char CaretAt(int position)
    {
        if (position < part.Start)
        {
            return ' ';
        }

        return Anchors is not var (start, end) || (position >= start && position < end) ? '^' : '~';
    }

    /// <summary>True for <c>return f(…)</c> and <c>x = g.f(…)</c> where the call is all of the value.</summary>
    /// <remarks>
    /// CPython parses the excerpt for this and compares byte offsets with character offsets, so it does not see it where the first line is
    /// indented more than another, or behind non-ASCII text.
    /// </remarks>
    private static bool IsReturnedOrAssigned(SourceExcerpt excerpt, int start, int end, bool calleeIsName)
    {
        var text = Before(excerpt, start);
        var lastLine = excerpt.Text.AsSpan(excerpt.LastLineStart, end - excerpt.LastLineStart);
        if (text is [' ' or '\t', ..] || !Ascii.IsValid(text) || !Ascii.IsValid(lastLine))
        {
            return false;
        }

        var before = PythonTokens.Read(text.ToString());
        var isReturn = calleeIsName && before.Count > 0 && before.IsText(0, "return");
        var isAssignment = before.Count > 1 && before[0].Kind == TokenKind.Name && before.IsText(1, "=");
        if (!isReturn && !isAssignment)
        {
            return false;
        }

        var after = PythonTokens.Read(excerpt.Text[end..]);
        var parentheses = before.Count - (isReturn ? 1 : 2);
        for (var index = 0; index < parentheses; index++)
        {
            if (!before.IsText(before.Count - 1 - index, "(") || index >= after.Count || !after.IsText(index, ")"))
            {
                return false;
            }
        }

        return after.Count == parentheses
            || (after.IsText(parentheses, ";") && PythonTokens.Read(excerpt.Text[(end + after[parentheses].End)..]).AreBalanced);
    }

    private static ReadOnlySpan<char> Before(SourceExcerpt excerpt, int start) => excerpt.Text.AsSpan(0, start);
}
