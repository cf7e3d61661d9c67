using System.Text;
using Monty.Interop.Syntax;

namespace Monty.Interop.TypeChecking;

/// <summary>Source of a module, cut into the statements that run at its top: not those in the bodies of functions and classes.</summary>
/// <remarks>Linear, without recursion; source that Python refuses is cut as far as it can be.</remarks>
internal sealed class ModuleSource
{
    private const string Return = "return";
    private readonly string source;
    private readonly List<ModuleStatement> statements = [];
    private readonly List<int> starts = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private ModuleSource(string source) => this.source = source;

    /// <summary>The names that the module's code binds, and those that its functions declare global; not those that it only changes (<c>x += 1</c>, <c>x[0] = 1</c>).</summary>
    public IReadOnlySet<string> BoundNames => names;

    /// <summary>Cuts <paramref name="code"/>, whose lines end with LF, CR LF or CR.</summary>
    public static ModuleSource Read(string code)
    {
        var result = new ModuleSource(WithLineFeeds(code));
        int? hidden = null; // the indent of the function or class that the lines are in
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

    /// <summary>What stands before the statement at the top that holds a line, counted from 1: what ran to its end when that line raised.</summary>
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
    /// The source as a part of a longer module: it binds none of <paramref name="dropped"/> at its top, and no <c>return</c> there ends the
    /// module. Lines stay where they are.
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

    private static string WithLineFeeds(string code) =>
        (code.StartsWith('\ufeff') ? code[1..] : code).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>Adds the statements of a line; true when the lines under it do not run at the top.</summary>
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
