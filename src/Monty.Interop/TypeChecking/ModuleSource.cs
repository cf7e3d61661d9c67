using System.Text;
using Monty.Interop.Syntax;

namespace Monty.Interop.TypeChecking;

/// <summary>The source of a module, split into the statements that run at module level: not those in the bodies of functions and classes.</summary>
/// <remarks>Splitting takes linear time and no recursion. Invalid source is split as far as possible.</remarks>
internal sealed class ModuleSource
{
    private const string Return = "return";
    private readonly string source;
    private readonly List<ModuleStatement> statements = [];
    private readonly List<int> starts = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private ModuleSource(string source) => this.source = source;

    /// <summary>The names that the module binds, and those that its functions declare global. Names that are only changed are left out (<c>x += 1</c>, <c>x[0] = 1</c>).</summary>
    public IReadOnlySet<string> BoundNames => names;

    /// <summary>Splits <paramref name="code"/>, whose lines end with LF, CR LF or CR.</summary>
    public static ModuleSource Read(string code)
    {
        var result = new ModuleSource(LogicalLines.WithLineFeeds(code));
        int? hidden = null; // the indent of the function or class around the lines
        var isDecorated = false;
        foreach (var line in LogicalLines.Read(result.source).Lines)
        {
            if (line.Indent > hidden)
            {
                result.AddGlobals(line.Tokens);
            }
            else
            {
                hidden = result.Add(line) ? line.Indent : null;
            }

            if (line.Indent == 0 && !line.GoesOn && !isDecorated)
            {
                result.starts.Add(line.Tokens[0].Start);
            }

            isDecorated = line.Clause == "@";
        }

        foreach (var statement in result.statements)
        {
            result.names.UnionWith(statement.BoundNames());
        }

        return result;
    }

    /// <summary>Returns the source before the module-level statement that holds a line, counted from 1: the part that ran to its end when that line raised.</summary>
    public string Before(int line)
    {
        var lineEnd = -1;
        for (; line > 0 && lineEnd < source.Length; line--)
        {
            lineEnd = source.IndexOf('\n', lineEnd + 1) is var end and >= 0 ? end : source.Length;
        }

        return source[..starts.LastOrDefault(start => start < lineEnd)];
    }

    /// <summary>
    /// Returns the source as a part of a longer module. It binds none of <paramref name="dropped"/> at module level, and no <c>return</c> there ends
    /// the module. Lines keep their numbers.
    /// </summary>
    public string AsPart(IReadOnlySet<string> dropped)
    {
        var text = new StringBuilder(source.Length);
        var position = 0;
        foreach (var statement in statements)
        {
            if (statement.First is Return)
            {
                Replace(statement.Tokens[0], statement.Tokens.Count == 1 ? "pass" : "_r =");
            }

            foreach (var token in statement.TokensOf(dropped))
            {
                Replace(token, string.Concat(source.AsSpan(token.Start, token.End - token.Start), "_dropped"));
            }
        }

        return text.Append(source, position, source.Length - position).ToString();

        void Replace(PythonToken token, string replacement)
        {
            text.Append(source, position, token.Start - position).Append(replacement);
            position = token.End;
        }
    }

    /// <summary>Adds the statements of a line. Returns true when the lines indented under it do not run at module level.</summary>
    private bool Add(LogicalLine line)
    {
        var isDefinition = line.Clause is "def" or "class";
        var begin = 0;
        var depth = 0;
        for (var index = 0; index <= line.Tokens.Count; index++)
        {
            if (
                index == line.Tokens.Count
                || index == line.Colon
                || (depth == 0 && index > line.Colon && source[line.Tokens[index].Start] == ';')
            )
            {
                if (index > begin)
                {
                    statements.Add(
                        new ModuleStatement(source, [.. line.Tokens.Skip(begin).Take(index - begin)], begin == 0 && line.Colon > 0)
                    );
                }

                begin = index + 1;
                if (isDefinition)
                {
                    return true;
                }
            }
            else if (line.Tokens[index].Kind == TokenKind.Open)
            {
                depth++;
            }
            else if (line.Tokens[index].Kind == TokenKind.Close)
            {
                depth--;
            }
        }

        return false;
    }

    private void AddGlobals(IReadOnlyList<PythonToken> tokens)
    {
        if (source.AsSpan(tokens[0].Start, tokens[0].End - tokens[0].Start) is not "global")
        {
            return;
        }

        foreach (var token in tokens.Skip(1).Where(t => t.Kind == TokenKind.Name))
        {
            names.Add(source[token.Start..token.End]);
        }
    }
}
