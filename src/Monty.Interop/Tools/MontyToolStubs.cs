using System.Text.RegularExpressions;

namespace Monty.Interop.Tools;

/// <summary>Writes tools down in Python.</summary>
internal static partial class MontyToolStubs
{
    /// <summary>One complete stub file: imports, classes, functions.</summary>
    public static string Render(IReadOnlyCollection<MontyTool> tools)
    {
        var text = Render(tools, documented: false);
        List<string> typing = [.. TypingName().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];
        var imports =
            $"{(typing.Count > 0 ? $"from typing import {string.Join(", ", typing)}\n" : "")}"
            + $"{(text.Contains("@dataclass\n", StringComparison.Ordinal) ? "from dataclasses import dataclass\n" : "")}{(ModuleName().IsMatch(text) ? "import datetime\n" : "")}";
        return imports + text;
    }

    /// <summary>The same for readers: with docstrings, without imports.</summary>
    public static string RenderPrompt(IReadOnlyCollection<MontyTool> tools) => Render(tools, documented: true);

    private static string Render(IReadOnlyCollection<MontyTool> tools, bool documented)
    {
        var set = tools as MontyToolSet ?? new MontyToolSet(tools);
        var classes = set.Classes.Select(c => c.Declaration(documented) + "\n");
        var functions = set.Where(t => !MontyToolSet.IsClass(t))
            .Select(t => EnsureNewline((documented ? t.Documented : t.Stub) ?? Unknown(t)));
        var text = string.Concat(
            classes.Concat(functions.Select(f => documented && f.TrimEnd('\n').Contains('\n', StringComparison.Ordinal) ? f + "\n" : f))
        );
        return text.Length == 0 ? "" : text.TrimEnd('\n') + "\n";
    }

    private static string Unknown(MontyTool tool) =>
        $"{(tool.IsAsync ? "async " : "")}def {tool.Name}(*args: Any, **kwargs: Any) -> Any: ...";

    private static string EnsureNewline(string declaration) => declaration.EndsWith('\n') ? declaration : declaration + "\n";

    [GeneratedRegex(@"\b(?:Any|Literal|Mapping|Sequence)\b", RegexOptions.CultureInvariant)]
    private static partial Regex TypingName();

    [GeneratedRegex(@"\bdatetime\.", RegexOptions.CultureInvariant)]
    private static partial Regex ModuleName();
}
