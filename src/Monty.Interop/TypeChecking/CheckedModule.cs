using System.Text;
using System.Text.RegularExpressions;
using Monty.Interop.Syntax;
using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>The module that is checked for one piece of code: the earlier feeds, the names that the host binds, and the code. It maps its lines back to their scripts.</summary>
/// <remarks>
/// A name that a later part binds again is removed from the earlier parts. For the checker, a function sees all bindings of a global at once, so
/// an earlier variable of another type, or function with other parameters, would cause errors in code that runs (docs/decisions/0009).
/// </remarks>
internal sealed partial class CheckedModule
{
    /// <summary>A statement that the checker accepts and the runtime's parser refuses before anything runs (docs/concepts/wire.md, type checking).</summary>
    private const string NeverRuns = "match 0:\n    case _:\n        pass\n";

    /// <summary>Blank lines between two parts. They are more than the checker shows around a finding, so no excerpt contains two parts.</summary>
    private const string Gap = "\n\n\n\n\n\n";

    private readonly StringBuilder text = new();
    private readonly List<ModulePart> parts = [];
    private readonly int headLines;
    private int line = 1; // the number of the next line

    /// <exception cref="MontySizeException">The code is too large to be sent.</exception>
    public CheckedModule(TypeCheckRequest request)
    {
        RequestSize.RequireText(request.Code, "code to check");
        Code = request.Code;
        ScriptName = request.ScriptName;
        var code = LogicalLines.WithLineFeeds(Code);
        var head = SuppressingHead().Match(code).Value; // comments that suppress findings in a whole module must be at its start
        headLines = head.AsSpan().Count('\n');
        if (headLines > 0)
        {
            Begin(ScriptName);
            Append(head + Gap);
            code = new string('\n', headLines) + code[head.Length..];
        }

        Append(NeverRuns);
        AppendEarlier(request, ModuleSource.Read(code).BoundNames);
        Append(Gap);
        Begin(ScriptName);
        Append(code);
        Text = text.ToString();
        LongestLine = LongestLineOf(Text);
    }

    /// <summary>The code that is checked.</summary>
    public string Code { get; }

    /// <summary>Its name in the findings.</summary>
    public string ScriptName { get; }

    /// <summary>The whole module.</summary>
    public string Text { get; }

    /// <summary>The length of its longest line.</summary>
    public int LongestLine { get; }

    /// <summary>True for a line of the checked code.</summary>
    public bool IsInCode(int moduleLine) => moduleLine >= parts[^1].FirstLine || moduleLine <= headLines;

    /// <summary>Returns the script that a line of the module comes from, and the number of the line in that script.</summary>
    public (string ScriptName, int Line) Map(int moduleLine) =>
        parts.FindLast(p => p.FirstLine <= moduleLine) is { } part
            ? (part.ScriptName, moduleLine - part.FirstLine + 1)
            : (parts[0].ScriptName, 1);

    /// <summary>Appends the earlier feeds without the names that later ones bind again, and then the names that the host binds.</summary>
    private void AppendEarlier(TypeCheckRequest request, IReadOnlySet<string> boundByCode)
    {
        var declared = request.Names.Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        var later = boundByCode.Union(declared).ToHashSet(StringComparer.Ordinal);
        var boundEarlier = new HashSet<string>(StringComparer.Ordinal);
        var sources = new Stack<EarlierSource>();
        foreach (var part in request.Earlier.Reverse())
        {
            sources.Push(
                new EarlierSource(
                    string.Concat(part.Feed.Names.Where(n => !later.Contains(n.Name)).Select(DeclaredNames.Bind)),
                    part.Feed.ScriptName,
                    part.Source.AsPart(later)
                )
            );
            later.UnionWith(part.Names);
            boundEarlier.UnionWith(part.Names);
        }

        foreach (var source in sources)
        {
            Append(Gap + source.BoundNames);
            Begin(source.ScriptName);
            Append(source.Text + "\n");
        }

        foreach (var name in boundByCode.Where(n => boundEarlier.Contains(n) && !declared.Contains(n)))
        {
            Append(DeclaredNames.Bind(new DeclaredName { Name = name, Type = DeclaredNames.Anything }));
        }

        foreach (var name in request.Names)
        {
            Append(DeclaredNames.Bind(name));
        }
    }

    private static int LongestLineOf(string text)
    {
        var longest = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            longest = Math.Max(longest, range.End.Value - range.Start.Value);
        }

        return longest;
    }

    [GeneratedRegex(@"\A(?=(?:[ \t\r]*(?:#.*)?\n)*[ \t]*#.*\b(?:type|ty):\s*ignore)(?:[ \t\r]*(?:#.*)?\n)+")]
    private static partial Regex SuppressingHead();

    private void Begin(string scriptName) => parts.Add(new ModulePart(line, scriptName));

    private void Append(string lines)
    {
        text.Append(lines);
        line += lines.AsSpan().Count('\n');
    }

    private sealed record ModulePart(int FirstLine, string ScriptName);

    private sealed record EarlierSource(string BoundNames, string ScriptName, string Text);
}

/// <summary>An earlier feed and the names that it binds.</summary>
internal sealed class CheckedPart(CheckedFeed feed)
{
    private readonly HashSet<string> given = [.. feed.Names.Select(n => n.Name)];

    public CheckedFeed Feed => feed;

    public ModuleSource Source { get; } = ModuleSource.Read(feed.Code);

    /// <summary>The names that are bound after it.</summary>
    public IEnumerable<string> Names => feed.Names.Select(n => n.Name).Concat(Source.BoundNames);

    /// <summary>The number of characters that it counts against the limit on remembered sources.</summary>
    public int Size => feed.Code.Length + feed.Names.Sum(n => n.Name.Length + n.Type.Length);

    public bool Binds(string name) => Source.BoundNames.Contains(name) || given.Contains(name);
}
