using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>The part of a failed expression that CPython marks with <c>^</c> between <c>~</c>: an operator, or the brackets of a call or subscript.</summary>
/// <param name="IsCall">True for a call.</param>
/// <param name="CalleeIsName">True for the call of a plain name.</param>
/// <param name="Start">The offset of the part in the expression, in UTF-16 units.</param>
/// <param name="End">The offset of its end, exclusive.</param>
internal readonly record struct CaretAnchors(bool IsCall, bool CalleeIsName, int Start, int End)
{
    /// <summary>Returns the anchors of an expression, or null when its outermost operation has none or the text is not an expression.</summary>
    /// <remarks>Linear: only the outermost operation is read, and everything in brackets is skipped.</remarks>
    public static CaretAnchors? Find(string expression)
    {
        var tokens = PythonTokens.Read(expression);
        if (!tokens.AreBalanced)
        {
            return null;
        }

        var first = 0;
        var last = tokens.Count - 1;
        while (tokens.IsParenthesized(first, last))
        {
            first++;
            last--;
        }

        if (OutermostOperation.Find(tokens, first, last) is not { } operation)
        {
            return null;
        }

        if (operation.Kind == OperationKind.Binary)
        {
            var symbol = tokens[operation.Token];
            return new CaretAnchors(false, false, symbol.Start, symbol.Start + OperatorWidth(tokens, operation.Token, last));
        }

        var isCall = operation.Kind == OperationKind.Call;
        return new CaretAnchors(
            isCall,
            isCall && IsName(tokens, first, operation.Token - 1),
            tokens[operation.Token].Start,
            tokens[last].End
        );
    }

    /// <summary>Returns the width that CPython gives an operator.</summary>
    /// <remarks>
    /// CPython counts the character after an operator of one character as its second, unless the right operand starts there. Parentheses around
    /// an operand are not part of the operand.
    /// </remarks>
    private static int OperatorWidth(PythonTokens tokens, int symbol, int last)
    {
        var right = symbol + 1;
        if (tokens[symbol].End - tokens[symbol].Start == 2)
        {
            return 2;
        }

        return tokens[right].Start == tokens[symbol].End && tokens.IsParenthesized(right, last) && !IsDisplay(tokens, right, last) ? 2 : 1;
    }

    /// <summary>Returns true when the parentheses are part of the operand: a tuple or a generator expression.</summary>
    private static bool IsDisplay(PythonTokens tokens, int opening, int closing)
    {
        if (opening + 1 == closing)
        {
            return true;
        }

        if (tokens.IsParenthesized(opening + 1, closing - 1))
        {
            return false;
        }

        var lambdas = 0;
        for (var index = opening + 1; index < closing; index++)
        {
            if (tokens[index].Kind == TokenKind.Open)
            {
                index = tokens.PartnerOf(index);
            }
            else if (tokens.IsText(index, "lambda"))
            {
                lambdas++;
            }
            else if (tokens.IsText(index, ":"))
            {
                lambdas--;
            }
            else if (tokens.IsText(index, "for") || (lambdas == 0 && tokens.IsText(index, ",")))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsName(PythonTokens tokens, int first, int last)
    {
        while (tokens.IsParenthesized(first, last))
        {
            first++;
            last--;
        }

        return first == last && tokens[first].Kind == TokenKind.Name;
    }
}
