using System.Text;
using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>The carets under the part of a statement that failed, as CPython 3.13 chooses them.</summary>
internal sealed class FailureCarets
{
    private readonly SourceSpan part;

    private FailureCarets(SourceSpan part) => this.part = part;

    /// <summary>The operator or the brackets that get <c>^</c> between <c>~</c>, or null when all carets are the same.</summary>
    public SourceSpan? Anchors { get; private init; }

    /// <summary>False where carets tell nothing: under a whole statement, or under a call that is all that is returned or assigned.</summary>
    public bool AreShown { get; private init; }

    /// <summary>Returns the carets of an excerpt, or null when its failed part is not known.</summary>
    public static FailureCarets? From(SourceExcerpt excerpt)
    {
        if (excerpt.FailedPart is not { } part)
        {
            return null;
        }

        var found = CaretAnchors.Find(excerpt.Text[part.Start..part.End]);
        var isWholeCall = found is { IsCall: true } call && IsReturnedOrAssigned(excerpt, part, call.CalleeIsName);
        var isWholeStatement = excerpt.Text.AsSpan(0, part.Start).IsWhiteSpace() && excerpt.Text.AsSpan(part.End).IsWhiteSpace();

        // The lines that the runtime left out may hold the operator.
        var anchors = excerpt.IsShortened ? null : found;
        return new FailureCarets(part)
        {
            Anchors = anchors is { } known ? new SourceSpan(part.Start + known.Start, part.Start + known.End) : null,
            AreShown = !isWholeCall && (anchors is not null || !isWholeStatement),
        };
    }

    /// <summary>Returns a line of the excerpt as it is shown, with the carets below it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="lineStart">The offset at which it starts in the excerpt's text.</param>
    public MarkedLine Mark(string line, int lineStart)
    {
        var indent = line.Length - line.AsSpan().TrimStart().Length;
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
        return new MarkedLine(shown.ToString(), isCut && isBlank ? null : carets.ToString());
    }

    private char CaretAt(int position)
    {
        if (position < part.Start)
        {
            return ' ';
        }

        return Anchors is not { } anchors || (position >= anchors.Start && position < anchors.End) ? '^' : '~';
    }

    /// <summary>Returns true for <c>return f(…)</c> and <c>x = g.f(…)</c> where the call is all of the value.</summary>
    /// <remarks>
    /// CPython parses the excerpt for this and compares byte offsets with character offsets. It therefore does not see such a call where the
    /// first line is indented more than another, or behind non-ASCII text.
    /// </remarks>
    private static bool IsReturnedOrAssigned(SourceExcerpt excerpt, SourceSpan part, bool calleeIsName)
    {
        var text = excerpt.Text.AsSpan(0, part.Start);
        var lastLineStart = excerpt.StartOf(excerpt.Lines.Length - 1);
        if (
            text is [' ' or '\t', ..]
            || !Ascii.IsValid(text)
            || !Ascii.IsValid(excerpt.Text.AsSpan(lastLineStart, part.End - lastLineStart))
        )
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

        var after = PythonTokens.Read(excerpt.Text[part.End..]);
        var parentheses = before.Count - (isReturn ? 1 : 2);
        for (var index = 0; index < parentheses; index++)
        {
            if (!before.IsText(before.Count - 1 - index, "(") || index >= after.Count || !after.IsText(index, ")"))
            {
                return false;
            }
        }

        return after.Count == parentheses
            || (after.IsText(parentheses, ";") && PythonTokens.Read(excerpt.Text[(part.End + after[parentheses].End)..]).AreBalanced);
    }
}

/// <summary>A line of source as it is shown.</summary>
/// <param name="Text">The line.</param>
/// <param name="Carets">The carets below it, or null where the line was cut before they start.</param>
internal readonly record struct MarkedLine(string Text, string? Carets);
