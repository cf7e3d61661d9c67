using System.Collections.Frozen;
using Monty.Interop.Syntax;

namespace Monty.Interop.TypeChecking;

/// <summary>A simple statement, or the header of a compound one up to its colon.</summary>
/// <param name="Source">The source of the tokens.</param>
/// <param name="Tokens">The tokens, at least one.</param>
/// <param name="IsHeader">True for a header.</param>
internal readonly record struct ModuleStatement(string Source, IReadOnlyList<PythonToken> Tokens, bool IsHeader)
{
    private static readonly FrozenSet<string> NotNames = FrozenSet.Create(
        "False",
        "None",
        "True",
        "and",
        "as",
        "async",
        "await",
        "else",
        "for",
        "if",
        "in",
        "is",
        "lambda",
        "not",
        "or",
        "yield"
    );

    /// <summary>The first word after <c>async</c>.</summary>
    public ReadOnlySpan<char> First => Text(Begin);

    private int Begin => Tokens.Count > 1 && Text(0) is "async" ? 1 : 0;

    /// <summary>The names that it binds in its scope.</summary>
    public IEnumerable<string> BoundNames() => Bindings().Concat(Walruses()).Select(NameAt);

    /// <summary>The tokens that bind or read one of <paramref name="names"/> in its scope. In a definition, that is only its own name.</summary>
    public IEnumerable<PythonToken> TokensOf(IReadOnlySet<string> names)
    {
        var (statement, begin) = (this, First is "from" ? Find("import", Begin) : 0);
        var places =
            First is "def" or "class" && IsHeader
                ? Bindings()
                : Enumerable.Range(begin, Math.Max(0, Tokens.Count - begin)).Where(i => statement.IsRead(i));
        return places
            .Where(i => statement.Tokens[i].Kind == TokenKind.Name && names.Contains(statement.NameAt(i)))
            .Select(i => statement.Tokens[i]);
    }

    private IEnumerable<int> Bindings() =>
        First switch
        {
            "def" or "class" => Tokens.Count > Begin + 1 && Tokens[Begin + 1].Kind == TokenKind.Name ? [Begin + 1] : [],
            "import" => Imported(1),
            "from" => Imported(Find("import", Begin) + 1),
            "for" when IsHeader => Targets(Begin + 1, Find("in", Begin)),
            "with" or "except" when IsHeader => AfterAs(),
            "global" => Enumerable.Range(1, Tokens.Count - 1).Where(IsName),
            _ => IsHeader ? [] : Assigned(),
        };

    /// <summary>Finds the bound name in each part between commas: the alias if there is one, else the name, or the first of a dotted path.</summary>
    private List<int> Imported(int begin)
    {
        var found = new List<int>();
        var isOpen = true;
        for (var index = begin; index < Tokens.Count; index++)
        {
            if (Text(index) is "," or "as")
            {
                if (Text(index) is "as" && found.Count > 0)
                {
                    found.RemoveAt(found.Count - 1);
                }

                isOpen = true;
            }
            else if (isOpen && IsName(index))
            {
                found.Add(index);
                isOpen = false;
            }
        }

        return found;
    }

    private List<int> AfterAs()
    {
        var found = new List<int>();
        for (var index = Begin; index < Tokens.Count - 1; index++)
        {
            if (Text(index) is not "as")
            {
                continue;
            }

            var end = index + 2;
            for (var depth = Tokens[index + 1].Kind == TokenKind.Open ? 1 : 0; depth > 0 && end < Tokens.Count; end++)
            {
                depth +=
                    Tokens[end].Kind == TokenKind.Open ? 1
                    : Tokens[end].Kind == TokenKind.Close ? -1
                    : 0;
            }

            found.AddRange(Targets(index + 1, end));
            index = end - 1; // a target holds no other target, and reading nested brackets again would take quadratic time
        }

        return found;
    }

    /// <summary>Finds the targets before each <c>=</c> outside brackets, or before the annotation.</summary>
    private List<int> Assigned()
    {
        var found = new List<int>();
        var (begin, depth) = (0, 0);
        for (var index = 0; index < Tokens.Count; index++)
        {
            if (Tokens[index].Kind == TokenKind.Open)
            {
                depth++;
            }
            else if (Tokens[index].Kind == TokenKind.Close)
            {
                depth--;
            }
            else if (depth == 0 && Text(index) is "lambda")
            {
                break;
            }
            else if (depth == 0 && Text(index) is "=" or ":")
            {
                found.AddRange(Targets(begin, index));
                begin = index + 1;
                if (Text(index) is ":")
                {
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>Finds the names that a list of targets binds: not those that only lead to an attribute or an item.</summary>
    private List<int> Targets(int begin, int end)
    {
        var found = new List<int>();
        var trailers = 0;
        for (var index = begin; index < Math.Min(end, Tokens.Count); index++)
        {
            if (
                Tokens[index].Kind == TokenKind.Open
                && (trailers > 0 || (index > begin && Tokens[index - 1].Kind is TokenKind.Name or TokenKind.Close or TokenKind.Text))
            )
            {
                trailers++;
            }
            else if (Tokens[index].Kind == TokenKind.Close && trailers > 0)
            {
                trailers--;
            }
            else if (
                trailers == 0
                && IsName(index)
                && !IsAttribute(index)
                && !(index + 1 < Tokens.Count && Text(index + 1) is "." or "[" or "(")
            )
            {
                found.Add(index);
            }
        }

        return found;
    }

    private IEnumerable<int> Walruses()
    {
        var statement = this;
        return Enumerable.Range(0, Tokens.Count - 1).Where(i => statement.IsName(i) && statement.Text(i + 1) is ":=");
    }

    /// <summary>Returns true when a token is a variable: not an attribute, and not a keyword of a call.</summary>
    private bool IsRead(int index) =>
        !IsAttribute(index) && !(index > 0 && index + 1 < Tokens.Count && Text(index + 1) is "=" && Text(index - 1) is "(" or ",");

    private bool IsAttribute(int index) => index > 0 && Text(index - 1) is ".";

    private bool IsName(int index) => Tokens[index].Kind == TokenKind.Name && !NotNames.Contains(NameAt(index));

    private int Find(string word, int begin)
    {
        while (begin < Tokens.Count && Text(begin).SequenceEqual(word) is false)
        {
            begin++;
        }

        return begin;
    }

    private string NameAt(int index) => Source[Tokens[index].Start..Tokens[index].End];

    private ReadOnlySpan<char> Text(int index) => Source.AsSpan(Tokens[index].Start, Tokens[index].End - Tokens[index].Start);
}
