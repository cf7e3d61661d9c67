using Monty.Host.Cli.Input;

namespace Monty.Host.Cli.Tools;

/// <summary>Collects the tools of one run. A tool of the command line replaces a tool of the same name in the tools file.</summary>
internal static class NamedTools
{
    /// <param name="toolsFile">The path of the tools file, or null.</param>
    /// <param name="constants">The values of <c>--tool</c>.</param>
    /// <param name="asyncConstants">The values of <c>--async-tool</c>.</param>
    public static IReadOnlyList<CannedTool> Collect(
        string? toolsFile,
        IEnumerable<NamedValue>? constants,
        IEnumerable<NamedValue>? asyncConstants
    )
    {
        var tools = new Dictionary<string, CannedTool>();
        var named = (constants ?? [])
            .Select(c => CannedTool.Constant(c.Name, isAsync: false, c.Value))
            .Concat((asyncConstants ?? []).Select(c => CannedTool.Constant(c.Name, isAsync: true, c.Value)));
        foreach (var tool in named)
        {
            if (!CannedTool.CanBeCalled(tool.Name))
            {
                throw new BadInputException(
                    $"A script cannot call the tool '{tool.Name}'. Use a name that is a Python identifier and that the runtime does not define itself."
                );
            }

            if (!tools.TryAdd(tool.Name, tool))
            {
                throw new BadInputException($"The tool {tool.Name} is given twice with --tool or --async-tool. Remove one of them.");
            }
        }

        foreach (var tool in toolsFile is null ? [] : ToolsFile.Read(toolsFile))
        {
            tools.TryAdd(tool.Name, tool);
        }

        return [.. tools.Values];
    }
}
