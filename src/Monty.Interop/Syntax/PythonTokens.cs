using System.Collections.Frozen;

namespace Monty.Interop.Syntax;

/// <summary>The tokens of a piece of Python source, with its brackets paired. White space, line joins and comments are left out.</summary>
/// <remarks>Linear, without recursion. Any text is accepted: the source may begin and end in the middle of a statement.</remarks>
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

    /// <summary>The index of each bracket's partner, or -1.</summary>
    private readonly List<int> partners = [];

    /// <summary>A number for each token, shared by the tokens that it may form an expression with: same brackets, no delimiter between.</summary>
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

    /// <summary>Returns the source of a token.</summary>
    public ReadOnlySpan<char> TextOf(int index) => source.AsSpan(tokens[index].Start, tokens[index].End - tokens[index].Start);

    /// <summary>Returns true when the token is the operator, bracket or keyword <paramref name="text"/>.</summary>
    public bool IsText(int index, string text) =>
        tokens[index].Kind is TokenKind.Operator or TokenKind.Open or TokenKind.Close or TokenKind.Keyword
        && TextOf(index).SequenceEqual(text);

    /// <summary>Returns true for an operator such as <c>+=</c>.</summary>
    public bool IsAugmentedAssignment(int index) =>
        tokens[index].Kind == TokenKind.Operator && TextOf(index) is [_, .., '='] and not ("==" or "!=" or "<=" or ">=" or ":=");

    /// <summary>Returns the index of the bracket that a bracket is paired with, or -1.</summary>
    public int PartnerOf(int index) => partners[index];

    /// <summary>Returns true when the tokens <paramref name="first"/> and <paramref name="last"/> are a pair of parentheses.</summary>
    public bool IsParenthesized(int first, int last) => first < last && partners[first] == last && IsText(first, "(");

    /// <summary>Returns true when the tokens from <paramref name="first"/> to <paramref name="last"/> may be an expression.</summary>
    /// <remarks>Only brackets and delimiters are looked at. Slices, lambdas and tuples without parentheses hold delimiters, so they do not count.</remarks>
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
/// <param name="Kind">Its kind.</param>
/// <param name="Start">The offset of its start in the source, in UTF-16 units.</param>
/// <param name="End">The offset of its end, exclusive.</param>
internal readonly record struct PythonToken(TokenKind Kind, int Start, int End);

/// <summary>The kinds of token that reading an expression needs.</summary>
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

    /// <summary>An operator, a delimiter, or a character that is not part of Python.</summary>
    Operator,
}
