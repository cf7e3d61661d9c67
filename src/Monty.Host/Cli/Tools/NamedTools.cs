using Monty.Host.Cli.Input;

namespace Monty.Host.Cli.Tools;

/// <summary>The tools of one run: those of the command line, and those of the tools file under other names.</summary>
internal static class NamedTools
{
    /// <param name="file">The tools file that was named, or null.</param>
    /// <param name="beside">The one that is taken if it exists and none was named, or null.</param>
    /// <param name="constants">Values of <c>--tool</c>.</param>
    /// <param name="asyncConstants">Values of <c>--async-tool</c>.</param>
    public static IReadOnlyList<CannedTool> Collect(
        string? file,
        string? beside,
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
                    $"The tool '{tool.Name}' cannot be called: its name must be a Python identifier that the runtime does not define itself."
                );
            }

            if (!tools.TryAdd(tool.Name, tool))
            {
                throw new BadInputException($"The tool {tool.Name} is given twice by --tool or --async-tool. Leave one of them away.");
            }
        }

        var path = file ?? (File.Exists(beside) ? beside : null);
        foreach (var tool in path is null ? [] : ToolsFile.Read(path))
        {
            tools.TryAdd(tool.Name, tool);
        }

        return [.. tools.Values];
    }
}
