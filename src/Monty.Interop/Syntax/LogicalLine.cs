namespace Monty.Interop.Syntax;

/// <summary>One line of Python as the grammar counts lines: those inside brackets and strings, and those joined by a backslash, are one.</summary>
/// <param name="Indent">The column of its first token. A tab moves to the next multiple of 8.</param>
/// <param name="Clause">The keyword of a block's header, without <c>async</c>; <c>@</c> for a decorator; null for any other line.</param>
/// <param name="Colon">The index of the token that ends a block's header, or -1 for any other line.</param>
/// <param name="Tokens">Its tokens, at least one.</param>
internal readonly record struct LogicalLine(int Indent, string? Clause, int Colon, IReadOnlyList<PythonToken> Tokens)
{
    private const string Decorator = "@";

    /// <summary>True when the line opens a block that starts on the next line.</summary>
    public bool AwaitsBody => Clause is not (null or Decorator) && Colon == Tokens.Count - 1;

    /// <summary>True when the line belongs to the statement before it, such as <c>else</c>.</summary>
    public bool GoesOn => Clause is "elif" or "else" or "except" or "finally";

    /// <summary>Creates a logical line from its tokens.</summary>
    public static LogicalLine Create(int indent, string source, List<PythonToken> tokens)
    {
        var first = Text(source, tokens[0]);
        if (first is Decorator)
        {
            return new LogicalLine(indent, tokens.Count > 1 ? Decorator : null, -1, tokens);
        }

        var colon = HeaderColon(source, tokens);
        var clause = colon < 0 ? null : Header(source, tokens, first, colon);
        return new LogicalLine(indent, clause, clause is null ? -1 : colon, tokens);
    }

    private static string? Header(string source, List<PythonToken> tokens, ReadOnlySpan<char> first, int colon) =>
        first switch
        {
            "if" or "elif" or "else" or "for" or "while" or "try" or "except" or "finally" or "with" or "def" or "class" =>
                first.ToString(),
            "async" => Text(source, tokens[1]) is "def" or "for" or "with" ? Text(source, tokens[1]).ToString() : null,

            // These two can also be names: "match.y: int" annotates an attribute.
            "match" when colon == tokens.Count - 1 && colon > 1 && Text(source, tokens[1]) is not ("." or "=") => "match",
            "case" when colon > 1 => "case",
            _ => null,
        };

    /// <summary>Returns the index of the first colon outside brackets that belongs to no lambda, or -1.</summary>
    private static int HeaderColon(string source, List<PythonToken> tokens)
    {
        var depth = 0;
        var lambdas = 0;
        for (var index = 1; index < tokens.Count; index++)
        {
            if (tokens[index].Kind == TokenKind.Open)
            {
                depth++;
            }
            else if (tokens[index].Kind == TokenKind.Close)
            {
                depth--;
            }
            else if (depth > 0)
            {
                continue;
            }
            else if (Text(source, tokens[index]) is "lambda")
            {
                lambdas++;
            }
            else if (Text(source, tokens[index]) is ":" && lambdas-- == 0)
            {
                return index;
            }
        }

        return -1;
    }

    private static ReadOnlySpan<char> Text(string source, PythonToken token) => source.AsSpan(token.Start, token.End - token.Start);
}
