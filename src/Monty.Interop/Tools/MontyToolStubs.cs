using System.Text;

namespace Monty.Interop;

/// <summary>Declares tools for the type checker.</summary>
internal static class MontyToolStubs
{
    /// <summary>The declarations, as in a <c>.pyi</c> file.</summary>
    internal static string Render(IReadOnlyCollection<MontyTool> tools)
    {
        if (tools.Count == 0) return "";
        var stubs = new StringBuilder("from typing import Any\n");
        foreach (var tool in tools) stubs.Append($"{(tool.IsAsync ? "async " : "")}def {tool.Name}(*args: Any, **kwargs: Any) -> Any: ...\n");
        return stubs.ToString();
    }
}
