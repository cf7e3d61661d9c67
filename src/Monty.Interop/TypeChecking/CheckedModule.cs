using System.Text;
using System.Text.RegularExpressions;
using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>What the checker gets to see for one piece of code: earlier feeds, names that the host binds, and the code, in one module; and the way back from its lines.</summary>
/// <remarks>
/// A name that a later part binds again is taken out of the earlier ones: a function sees every binding of a global at once, so that a
/// variable of another type, or a function with other parameters, would be held against code that runs (docs/decisions/0009).
/// </remarks>
internal sealed partial class CheckedModule
{
    /// <summary>What the checker knows and the runtime's parser refuses before anything runs (docs/concepts/wire.md, type checking).</summary>
    private const string NeverRuns = "match 0:\n    case _:\n        pass\n";

    /// <summary>More lines than the checker shows around a finding, so that no part is seen beside another.</summary>
    private const string Gap = "\n\n\n\n\n\n";

    private readonly StringBuilder text = new();
    private readonly List<(int FirstLine, string ScriptName)> parts = [];
    private readonly int headLines;
    private int line = 1; // the next one's number

    /// <exception cref="MontySizeException">The code is too large to be sent.</exception>
    public CheckedModule(string code, string scriptName, IEnumerable<DeclaredName> names, IReadOnlyList<CheckedPart> earlier)
    {
        RequestSize.RequireText(code, "code to check");
        Code = code;
        ScriptName = scriptName;
        code = code.StartsWith('\ufeff') ? code[1..] : code; // a mark of the encoding is one at the start only
        code = code.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'); // line ends to the parser, which a comment must not hide
        var head = SuppressingHead().Match(code).Value; // comments that silence a whole module do so at its start only
        headLines = head.AsSpan().Count('\n');
        if (headLines > 0)
        {
            Begin(scriptName);
            Append(head + Gap);
            code = new string('\n', headLines) + code[head.Length..];
        }

        Append(NeverRuns);
        var declared = names.ToList();
        var later = new HashSet<string>(ModuleSource.Read(code).BoundNames, StringComparer.Ordinal);
        var dropped = later.Where(name => earlier.Any(e => e.Binds(name))).ToList();
        later.UnionWith(declared.Select(d => d.Name));
        var sources = new Stack<(string Names, string ScriptName, string Source)>();
        foreach (var part in earlier.Reverse())
        {
            sources.Push(
                (
                    string.Concat(part.Feed.Names.Where(n => !later.Contains(n.Name)).Select(DeclaredNames.Bind)),
                    part.Feed.ScriptName,
                    part.Source.AsPart(later)
                )
            );
            later.UnionWith(part.Names);
        }

        foreach (var (bound, earlierName, source) in sources)
        {
            Append(Gap + bound);
            Begin(earlierName);
            Append(source + "\n");
        }

        foreach (var name in dropped.Where(d => declared.TrueForAll(n => n.Name != d)))
        {
            Append(DeclaredNames.Bind(new DeclaredName { Name = name, Type = DeclaredNames.Anything }));
        }

        foreach (var name in declared)
        {
            Append(DeclaredNames.Bind(name));
        }

        Append(Gap);
        Begin(scriptName);
        text.Append(code);
    }

    /// <summary>The code that is checked.</summary>
    public string Code { get; }

    /// <summary>Its name in the findings.</summary>
    public string ScriptName { get; }

    /// <summary>The whole module.</summary>
    public string Text => field ??= text.ToString();

    /// <summary>True for a line of the checked code.</summary>
    public bool IsInCode(int moduleLine) => moduleLine >= parts[^1].FirstLine || moduleLine <= headLines;

    /// <summary>The script that a line of the module is of, and its number there.</summary>
    public (string ScriptName, int Line) Map(int moduleLine)
    {
        var part = parts.FindLast(p => p.FirstLine <= moduleLine);
        return part.ScriptName is null ? (parts[0].ScriptName, 1) : (part.ScriptName, moduleLine - part.FirstLine + 1);
    }

    [GeneratedRegex(@"\A(?=(?:[ \t\r]*(?:#.*)?\n)*[ \t]*#.*\b(?:type|ty):\s*ignore)(?:[ \t\r]*(?:#.*)?\n)+")]
    private static partial Regex SuppressingHead();

    private void Begin(string scriptName) => parts.Add((line, scriptName));

    private void Append(string lines)
    {
        text.Append(lines);
        line += lines.AsSpan().Count('\n');
    }
}

/// <summary>An earlier feed and what it binds.</summary>
internal sealed class CheckedPart(CheckedFeed feed)
{
    private readonly HashSet<string> given = [.. feed.Names.Select(n => n.Name)];

    public CheckedFeed Feed => feed;

    public ModuleSource Source { get; } = ModuleSource.Read(feed.Code);

    /// <summary>The names that are bound after it.</summary>
    public IEnumerable<string> Names => feed.Names.Select(n => n.Name).Concat(Source.BoundNames);

    /// <summary>How much it takes of what may be remembered.</summary>
    public int Size => feed.Code.Length + feed.Names.Sum(n => n.Name.Length + n.Type.Length);

    public bool Binds(string name) => Source.BoundNames.Contains(name) || given.Contains(name);
}
