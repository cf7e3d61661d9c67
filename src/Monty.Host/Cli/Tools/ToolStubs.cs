using System.Text;
using System.Text.RegularExpressions;

namespace Monty.Host.Cli.Tools;

/// <summary>Declares tools for the type check as far as the person's stubs do not, so that it does not call them undefined.</summary>
internal static partial class ToolStubs
{
    /// <summary>The stubs, unchanged, and after them a declaration of every tool that they leave out.</summary>
    public static string Complete(string stubs, IEnumerable<CannedTool> tools)
    {
        var declared = Declaration().Matches(stubs).Select(m => m.Groups["name"].Value).ToHashSet();
        var missing = tools.Where(t => !declared.Contains(t.Name)).ToList();
        if (missing.Count == 0) return stubs;
        var all = new StringBuilder(stubs);
        if (stubs.Length > 0 && stubs[^1] != '\n') all.Append('\n');
        all.Append("from typing import Any\n");
        foreach (var tool in missing) all.Append($"{(tool.IsAsync ? "async " : "")}def {tool.Name}(*args: Any, **kwargs: Any) -> Any: ...\n");
        return all.ToString();
    }

    [GeneratedRegex(@"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?(?<name>\w+)[ \t]*[(\[:=]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();
}
