using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>The operation that an expression performs last, the root of its syntax tree: a binary operator, a call or a subscript.</summary>
/// <param name="Kind">The kind of operation.</param>
/// <param name="Token">The index of the operator or of the opening bracket.</param>
internal readonly record struct OutermostOperation(OperationKind Kind, int Token)
{
    private const int PowerLevel = 7;

    /// <summary>Finds the operation in the tokens from <paramref name="first"/> to <paramref name="last"/>, whose brackets are balanced.</summary>
    /// <returns>Null when the root is another operation, or the tokens are not an expression.</returns>
    public static OutermostOperation? Find(PythonTokens tokens, int first, int last)
    {
        var hasPrefix = false;
        var expectsOperand = true;
        var loosest = int.MaxValue;
        OutermostOperation? binary = null;
        OutermostOperation? trailer = null;

        for (var index = first; index <= last; index++)
        {
            var kind = tokens[index].Kind;
            if (expectsOperand)
            {
                if (IsPrefix(tokens, index))
                {
                    hasPrefix |= binary is null;
                }
                else if (kind is TokenKind.Operator or TokenKind.Keyword)
                {
                    return null;
                }
                else
                {
                    expectsOperand = false;
                }

                trailer = null;
                if (kind == TokenKind.Open)
                {
                    index = tokens.PartnerOf(index);
                }
            }
            else if (kind == TokenKind.Open)
            {
                if (tokens.IsText(index, "{"))
                {
                    return null;
                }

                trailer = new OutermostOperation(tokens.IsText(index, "(") ? OperationKind.Call : OperationKind.Subscript, index);
                index = tokens.PartnerOf(index);
            }
            else if (tokens.IsText(index, "."))
            {
                if (++index > last || tokens[index].Kind != TokenKind.Name)
                {
                    return null;
                }

                trailer = null;
            }
            else if (LevelOf(tokens, index) is var level and > 0)
            {
                // Operators of one level group from the left, so the last of them is the root. Powers group from the right.
                if (level < PowerLevel ? level <= loosest : level < loosest)
                {
                    loosest = level;
                    binary = new OutermostOperation(OperationKind.Binary, index);
                }

                expectsOperand = true;
            }
            else if (kind != TokenKind.Text || tokens[index - 1].Kind != TokenKind.Text)
            {
                return null;
            }
        }

        if (expectsOperand)
        {
            return null;
        }

        if (binary is null)
        {
            return hasPrefix ? null : trailer;
        }

        return loosest == PowerLevel && hasPrefix && !tokens.IsText(first, "await") ? null : binary;
    }

    /// <summary>Returns true for a sign or <c>await</c>. A sign binds tighter than every binary operator but the power, and await tighter than that.</summary>
    private static bool IsPrefix(PythonTokens tokens, int index) =>
        tokens[index].Kind switch
        {
            TokenKind.Operator => tokens.TextOf(index) is "+" or "-" or "~",
            TokenKind.Keyword => tokens.IsText(index, "await"),
            _ => false,
        };

    private static int LevelOf(PythonTokens tokens, int index) =>
        tokens[index].Kind != TokenKind.Operator
            ? 0
            : tokens.TextOf(index) switch
            {
                "|" => 1,
                "^" => 2,
                "&" => 3,
                "<<" or ">>" => 4,
                "+" or "-" => 5,
                "*" or "/" or "//" or "%" or "@" => 6,
                "**" => PowerLevel,
                _ => 0,
            };
}

/// <summary>The operations for which CPython shows anchors.</summary>
internal enum OperationKind
{
    /// <summary>A binary operator. Comparisons, <c>and</c> and <c>or</c> are not among them.</summary>
    Binary,

    /// <summary>A subscript.</summary>
    Subscript,

    /// <summary>A call.</summary>
    Call,
}
