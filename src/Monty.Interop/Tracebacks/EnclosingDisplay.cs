using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>Finds the list, set or dict display around a part of a text.</summary>
internal static class EnclosingDisplay
{
    /// <summary>Returns the innermost brackets around the part, or null when they are not a display, as in a comprehension.</summary>
    public static SourceSpan? Find(string text, SourceSpan part)
    {
        var tokens = PythonTokens.Read(text);
        var opening = -1;
        for (var index = 0; index < tokens.Count && tokens[index].End <= part.Start; index++)
        {
            if (
                tokens[index].Kind == TokenKind.Open
                && tokens.PartnerOf(index) is var closing and >= 0
                && tokens[closing].Start >= part.End
            )
            {
                opening = index;
            }
        }

        return opening >= 0 && IsDisplay(tokens, opening)
            ? new SourceSpan(tokens[opening].Start, tokens[tokens.PartnerOf(opening)].End)
            : null;
    }

    private static bool IsDisplay(PythonTokens tokens, int opening) =>
        !tokens.IsText(opening, "(") && !IsSubscript(tokens, opening) && !IsComprehension(tokens, opening);

    private static bool IsSubscript(PythonTokens tokens, int opening) =>
        tokens.IsText(opening, "[")
        && opening > 0
        && tokens[opening - 1].Kind is TokenKind.Name or TokenKind.Number or TokenKind.Text or TokenKind.Close;

    private static bool IsComprehension(PythonTokens tokens, int opening)
    {
        for (var index = opening + 1; index < tokens.PartnerOf(opening); index++)
        {
            if (tokens.IsText(index, "for"))
            {
                return true;
            }

            index = Math.Max(index, tokens.PartnerOf(index));
        }

        return false;
    }
}
