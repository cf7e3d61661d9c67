namespace Monty.Interop.Syntax;

/// <summary>Reads one token of Python source.</summary>
internal static class PythonLexeme
{
    /// <summary>The operators of more than one character, the longest first.</summary>
    private static readonly string[] LongOperators =
    [
        "**=",
        "//=",
        ">>=",
        "<<=",
        "**",
        "//",
        "<<",
        ">>",
        "<=",
        ">=",
        "==",
        "!=",
        ":=",
        "->",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "@=",
        "&=",
        "|=",
        "^=",
    ];

    /// <summary>Returns the kind and the end of the token at <paramref name="start"/>. The end is always past the start.</summary>
    public static (TokenKind Kind, int End) Read(string source, int start) =>
        source[start] switch
        {
            '"' or '\'' => (TokenKind.Text, StringToken.FindEnd(source, start, prefix: default).Position),
            '(' or '[' or '{' => (TokenKind.Open, start + 1),
            ')' or ']' or '}' => (TokenKind.Close, start + 1),
            '.' when source.AsSpan(start).StartsWith("...", StringComparison.Ordinal) => (TokenKind.Number, start + 3),
            '.' when start + 1 < source.Length && char.IsAsciiDigit(source[start + 1]) => (TokenKind.Number, NumberEnd(source, start)),
            var digit when char.IsAsciiDigit(digit) => (TokenKind.Number, NumberEnd(source, start)),
            var letter when IsNamePart(letter) => NameOrText(source, start),
            _ => (TokenKind.Operator, start + OperatorLength(source.AsSpan(start))),
        };

    /// <summary>Returns the end of the name at <paramref name="start"/>, or the start itself when there is no name.</summary>
    public static int NameEnd(string source, int start)
    {
        while (start < source.Length && IsNamePart(source[start]))
        {
            start++;
        }

        return start;
    }

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character == '_' || character >= '\u0080';

    private static (TokenKind Kind, int End) NameOrText(string source, int start)
    {
        var end = NameEnd(source, start);
        var name = source.AsSpan(start, end - start);
        return end < source.Length && source[end] is '"' or '\'' && StringToken.IsPrefix(name)
            ? (TokenKind.Text, StringToken.FindEnd(source, end, name).Position)
            : (TokenKind.Name, end);
    }

    private static int NumberEnd(string source, int start)
    {
        var position = start;
        if (source[start] == '0' && start + 1 < source.Length && "xXoObB".Contains(source[start + 1], StringComparison.Ordinal))
        {
            position += 2;
            while (position < source.Length && (char.IsAsciiHexDigit(source[position]) || source[position] == '_'))
            {
                position++;
            }

            return position;
        }

        position = DigitsEnd(source, position);
        if (position < source.Length && source[position] == '.')
        {
            position = DigitsEnd(source, position + 1);
        }

        if (position < source.Length && source[position] is 'e' or 'E')
        {
            var exponent = position + 1;
            if (exponent < source.Length && source[exponent] is '+' or '-')
            {
                exponent++;
            }

            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                position = DigitsEnd(source, exponent);
            }
        }

        return position < source.Length && source[position] is 'j' or 'J' ? position + 1 : position;
    }

    private static int DigitsEnd(string source, int position)
    {
        while (position < source.Length && (char.IsAsciiDigit(source[position]) || source[position] == '_'))
        {
            position++;
        }

        return position;
    }

    private static int OperatorLength(ReadOnlySpan<char> source)
    {
        foreach (var candidate in LongOperators)
        {
            if (source.StartsWith(candidate, StringComparison.Ordinal))
            {
                return candidate.Length;
            }
        }

        return 1;
    }
}
