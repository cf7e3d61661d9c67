using System.Globalization;

namespace Monty.Host.Tests.Support;

/// <summary>The processes that a process started, read from <c>/proc</c>.</summary>
internal static class Workers
{
    public static IReadOnlyList<int> Of(int host) => [.. Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && Fields(id) is [_, var parent, ..] && parent == host.ToString(CultureInfo.InvariantCulture))];

    /// <summary>True for a process that executes, zombies not counted.</summary>
    public static bool Runs(int process) => Fields(process) is [not "Z", ..];

    /// <summary>State, parent and what follows in <c>/proc/N/stat</c>; empty when there is no such process.</summary>
    private static string[] Fields(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
