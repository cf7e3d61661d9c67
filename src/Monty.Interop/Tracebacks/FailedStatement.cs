using System.Text;
using Monty.Interop.Syntax;
using Monty.Interop.Wire;

namespace Monty.Interop.Tracebacks;

/// <summary>The tokens of an excerpt around and in the part that the runtime says failed.</summary>
/// <remarks>The spans that it returns are parts of the excerpt's text. Linear in the excerpt.</remarks>
internal sealed class FailedStatement
{
    private readonly string text;
    private readonly SourceSpan part;
    private readonly PythonTokens before;
    private readonly PythonTokens inside;

    /// <summary>The index of the token in <see cref="before"/> to which the part belongs, before any parentheses around the part; or -1 when there is none.</summary>
    private readonly int owner;

    private FailedStatement(string text, SourceSpan part)
    {
        this.text = text;
        this.part = part;
        before = PythonTokens.Read(text[..part.Start]);
        inside = PythonTokens.Read(text[part.Start..part.End]);
        owner = before.Count - 1;
        while (owner >= 0 && before.IsText(owner, "("))
        {
            owner--;
        }
    }

    /// <summary>True when there are only parentheses before the part, so its statement may start on a line that is not shown.</summary>
    public bool StartsExcerpt => owner < 0;

    /// <summary>True when the part is one token, which cannot fail by itself unless it is a name.</summary>
    public bool IsSingleToken => inside.Count == 1;

    /// <summary>True when the part calls, or awaits the call of, a plain name that a tool of the host may have.</summary>
    public bool MayCallHost
    {
        get
        {
            var name = inside.Count > 0 && inside.IsText(0, "await") ? 1 : 0;
            return name + 1 < inside.Count
                && inside[name].Kind == TokenKind.Name
                && inside.IsText(name + 1, "(")
                && !RuntimeNames.IsBuiltin(inside.TextOf(name).ToString());
        }
    }

    /// <summary>True when the part calls <c>getattr</c>.</summary>
    public bool IsGetAttr => inside.Count > 1 && inside.TextOf(0) is "getattr" && inside.IsText(1, "(");

    /// <summary>Returns the failed statement of an excerpt, or null when the excerpt does not say which part failed.</summary>
    public static FailedStatement? From(SourceExcerpt? excerpt) =>
        excerpt?.FailedPart is { } part ? new FailedStatement(excerpt.Text, part) : null;

    /// <summary>Returns the whole raise statement that the part is the exception of, or null when it is none.</summary>
    public SourceSpan? FindRaise() => Follows("raise") ? new SourceSpan(before[owner].Start, EndOfStatement()) : null;

    /// <summary>True when the part is the condition of an assert statement.</summary>
    public bool IsAsserted => Follows("assert");

    /// <summary>True when the part is an import statement.</summary>
    public bool IsImport => inside.Count > 0 && (inside.IsText(0, "import") || inside.IsText(0, "from"));

    /// <summary>True when the part is the name of a function being defined, or a lambda.</summary>
    public bool IsDefinition => (Follows("def") && inside.Count == 1) || (inside.Count > 0 && inside.IsText(0, "lambda"));

    /// <summary>Returns the name of the class that the part makes an exception of, as in <c>ValueError("bad")</c>; empty for anything else.</summary>
    public ReadOnlySpan<char> GetExceptionClass() =>
        inside.Count > 0 && inside[0].Kind == TokenKind.Name && (inside.Count == 1 || inside.IsText(1, "(")) ? inside.TextOf(0) : default;

    /// <summary>Returns the reading of the attribute that the part ends with, before the call of a method; null when it ends with none.</summary>
    /// <remarks>Where the reading spans lines, CPython marks only the name.</remarks>
    public SourceSpan? FindAttribute(out ReadOnlySpan<char> name)
    {
        var last = inside.Count - 1;
        if (last > 0 && inside.IsText(last, ")"))
        {
            last = inside.PartnerOf(last) - 1;
        }

        if (last < 1 || inside[last].Kind != TokenKind.Name || !inside.IsText(last - 1, "."))
        {
            name = default;
            return null;
        }

        name = inside.TextOf(last);
        var end = part.Start + inside[last].End;
        var spansLines = text.AsSpan(part.Start, end - part.Start).Contains('\n');
        return new SourceSpan(spansLines ? part.Start + inside[last].Start : part.Start, end);
    }

    /// <summary>Returns the name that the part is or calls, when it is <paramref name="name"/>; else null.</summary>
    public SourceSpan? FindName(string name)
    {
        var index = 0;
        while (index < inside.Count && inside.IsText(index, "("))
        {
            index++;
        }

        // The runtime reports names in their compatible form (NFKC), so one that is not ASCII may look different.
        var isName =
            index < inside.Count
            && inside[index].Kind == TokenKind.Name
            && (inside.TextOf(index).SequenceEqual(name) || !Ascii.IsValid(inside.TextOf(index)));
        return isName ? new SourceSpan(part.Start + inside[index].Start, part.Start + inside[index].End) : null;
    }

    /// <summary>Returns the augmented assignment that the part is the right side of, and its operator; null when it is none.</summary>
    public SourceSpan? FindAugmentedAssignment(out ReadOnlySpan<char> sign)
    {
        if (owner < 1 || !before.IsAugmentedAssignment(owner))
        {
            sign = default;
            return null;
        }

        sign = before.TextOf(owner);
        var first = owner;
        while (first > 0 && !before.IsText(first - 1, ";") && !before.IsText(first - 1, ":"))
        {
            first = Math.Max(0, before[first - 1].Kind == TokenKind.Close ? before.PartnerOf(first - 1) : first - 1);
        }

        return new SourceSpan(before[first].Start, EndOfStatement());
    }

    /// <summary>True when the part is a call or a subscript, or ends with one.</summary>
    public bool IsCallOrSubscript => inside.Count > 0 && inside.PartnerOf(inside.Count - 1) > 0;

    /// <summary>True when the part stands behind a star that unpacks it.</summary>
    public bool IsUnpacked => Follows("*") || Follows("**");

    /// <summary>Returns the list, set or dict display that the part is an element of, or null when it is in none.</summary>
    public SourceSpan? FindDisplay() => EnclosingDisplay.Find(text, part);

    private bool Follows(string keyword) => owner >= 0 && before.IsText(owner, keyword);

    /// <summary>Returns where the statement ends that the part is in: before a semicolon or a comment, or with the excerpt.</summary>
    private int EndOfStatement()
    {
        var after = PythonTokens.Read(text[part.End..]);
        var end = part.End;
        for (var index = 0; index < after.Count && !after.IsText(index, ";"); index++)
        {
            if (after[index].Kind == TokenKind.Open)
            {
                index = after.PartnerOf(index);
                if (index < 0)
                {
                    return text.Length;
                }
            }

            end = part.End + after[index].End;
        }

        return end;
    }
}
