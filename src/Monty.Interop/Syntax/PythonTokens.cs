using System.Collections.Frozen;

namespace Monty.Interop.Syntax;

/// <summary>The tokens of a piece of Python source, its brackets paired; white space, line joins and comments are left out.</summary>
/// <remarks>Linear, without recursion. Anything is accepted: the source may begin and end in the middle of a statement.</remarks>
internal sealed class PythonTokens
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Keywords = FrozenSet
        .Create(
            StringComparer.Ordinal,
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield"
        )
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string source;
    private readonly List<PythonToken> tokens = [];

    /// <summary>For each bracket the index of the one it is paired with, or -1.</summary>
    private readonly List<int> partners = [];

    /// <summary>For each token a number shared by those it may form an expression with: same brackets, no delimiter between.</summary>
    private readonly List<int> sections = [];

    private PythonTokens(string source) => this.source = source;

    public int Count => tokens.Count;

    /// <summary>True when every bracket has a partner.</summary>
    public bool AreBalanced { get; private set; } = true;

    public PythonToken this[int index] => tokens[index];

    /// <summary>Splits <paramref name="source"/>.</summary>
    public static PythonTokens Read(string source)
    {
        var result = new PythonTokens(source);
        for (var position = 0; position < source.Length; )
        {
            var character = source[position];
            if (char.IsWhiteSpace(character))
            {
                position++;
            }
            else if (character == '#')
            {
                position = EndOfLine(source, position);
            }
            else if (character == '\\' && position + 1 < source.Length && source[position + 1] == '\n')
            {
                position += 2;
            }
            else
            {
                var (kind, end) = PythonLexeme.Read(source, position);
                if (kind == TokenKind.Name && Keywords.Contains(source.AsSpan(position, end - position)))
                {
                    kind = TokenKind.Keyword;
                }

                result.tokens.Add(new PythonToken(kind, position, end));
                position = end;
            }
        }

        result.PairBrackets();
        return result;
    }

    /// <summary>The source of a token.</summary>
    public ReadOnlySpan<char> TextOf(int index) => source.AsSpan(tokens[index].Start, tokens[index].End - tokens[index].Start);

    /// <summary>True when the token is the operator, bracket or keyword <paramref name="text"/>.</summary>
    public bool IsText(int index, string text) =>
        tokens[index].Kind is TokenKind.Operator or TokenKind.Open or TokenKind.Close or TokenKind.Keyword
        && TextOf(index).SequenceEqual(text);

    /// <summary>True for <c>+=</c> and its like.</summary>
    public bool IsAugmentedAssignment(int index) =>
        tokens[index].Kind == TokenKind.Operator && TextOf(index) is [_, .., '='] and not ("==" or "!=" or "<=" or ">=" or ":=");

    /// <summary>The closing bracket of an opening one and the reverse, or -1.</summary>
    public int PartnerOf(int index) => partners[index];

    /// <summary>True when one pair of parentheses holds the tokens from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public bool IsParenthesized(int first, int last) => first < last && partners[first] == last && IsText(first, "(");

    /// <summary>True when brackets and delimiters let the tokens from <paramref name="first"/> to <paramref name="last"/> be an expression.</summary>
    /// <remarks>Slices, lambdas and tuples without parentheses hold delimiters, so they are not seen as one.</remarks>
    public bool IsBalanced(int first, int last) =>
        first <= last && sections[first] == sections[last] && tokens[first].Kind != TokenKind.Close && tokens[last].Kind != TokenKind.Open;

    private static int EndOfLine(string source, int position) => source.IndexOf('\n', position) is var end and >= 0 ? end : source.Length;

    private void PairBrackets()
    {
        var open = new Stack<(int Token, int Section)>();
        var section = 0;
        var sectionCount = 1;
        for (var index = 0; index < tokens.Count; index++)
        {
            partners.Add(-1);
            if (tokens[index].Kind == TokenKind.Close)
            {
                if (open.TryPop(out var opening))
                {
                    Pair(opening.Token, index);
                    section = opening.Section;
                }
                else
                {
                    AreBalanced = false;
                    section = sectionCount++;
                }
            }
            else if (IsDelimiter(index))
            {
                section = sectionCount++;
            }

            sections.Add(section);
            if (tokens[index].Kind == TokenKind.Open)
            {
                open.Push((index, section));
                section = sectionCount++;
            }
        }

        AreBalanced &= open.Count == 0;
    }

    private bool IsDelimiter(int index) =>
        (tokens[index].Kind == TokenKind.Operator && TextOf(index) is "," or ":" or ";" or ":=" or "=" or "->")
        || IsAugmentedAssignment(index);

    private void Pair(int opening, int closing)
    {
        var pair = (source[tokens[opening].Start], source[tokens[closing].Start]);
        AreBalanced &= pair is ('(', ')') or ('[', ']') or ('{', '}');
        partners[opening] = closing;
        partners[closing] = opening;
    }
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it starts, in UTF-16 units of the source.</param>
/// <param name="End">Where it ends, exclusive.</param>
internal readonly record struct PythonToken(TokenKind Kind, int Start, int End);

/// <summary>The kinds of token that an expression is told apart by.</summary>
internal enum TokenKind
{
    /// <summary>An identifier, a soft keyword, or True, False and None.</summary>
    Name,

    /// <summary>A hard keyword.</summary>
    Keyword,

    /// <summary>A number or <c>...</c>.</summary>
    Number,

    /// <summary>A string of any prefix.</summary>
    Text,

    /// <summary>An opening bracket.</summary>
    Open,

    /// <summary>A closing bracket.</summary>
    Close,

    /// <summary>An operator, a delimiter, or a character that Python has no use for.</summary>
    Operator,
}
