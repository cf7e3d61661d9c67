using System.Globalization;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>A process, as read from <c>/proc</c>.</summary>
/// <param name="Id">The process id.</param>
/// <param name="ParentId">The id of the parent process.</param>
/// <param name="GroupId">The id of the process group.</param>
/// <param name="State">The state: R, S, D, Z (zombie) and so on.</param>
/// <param name="Name">The name of the executable, truncated to 15 characters.</param>
public sealed record ProcessEntry(int Id, int ParentId, int GroupId, char State, string Name)
{
    /// <summary>True for a process that has ended but whose parent has not read its exit code.</summary>
    public bool IsZombie => State == 'Z';
}

/// <summary>Reads running processes and their open descriptors from <c>/proc</c>, for assertions about leaks.</summary>
[SupportedOSPlatform("linux")]
public static class ProcessTable
{
    /// <summary>The children of this process, including zombies.</summary>
    public static IReadOnlyList<ProcessEntry> OwnChildren => ChildrenOf(Environment.ProcessId);

    /// <summary>Returns the children of a process, including zombies, ordered by id.</summary>
    public static IReadOnlyList<ProcessEntry> ChildrenOf(int parent) => [.. All().Where(p => p.ParentId == parent).OrderBy(p => p.Id)];

    /// <summary>Returns the processes of a process group, including zombies, ordered by id.</summary>
    public static IReadOnlyList<ProcessEntry> InGroup(int group) => [.. All().Where(p => p.GroupId == group).OrderBy(p => p.Id)];

    /// <summary>Returns all processes that run an executable, ordered by id.</summary>
    public static IReadOnlyList<ProcessEntry> ByExecutable(string path) =>
        [.. All().Where(p => new FileInfo($"/proc/{p.Id}/exe").LinkTarget == path).OrderBy(p => p.Id)];

    /// <summary>Returns the process with an id, or null when there is none.</summary>
    public static ProcessEntry? Find(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // The process ended between the listing and this read.
        }
    }

    /// <summary>Returns the targets of all open descriptors of a process, such as <c>pipe:[1234]</c>.</summary>
    public static IReadOnlyDictionary<int, string> Descriptors(int process) =>
        Directory
            .EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(entry => (Number: int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture), Target: FindTarget(entry)))
            .Where(entry => entry.Target is not null)
            .ToDictionary(entry => entry.Number, entry => entry.Target!);

    /// <summary>The open descriptors of this process that are ends of pipes, with the pipe of each.</summary>
    public static IReadOnlyList<KeyValuePair<int, string>> OwnPipeEnds =>
        [.. Descriptors(Environment.ProcessId).Where(d => d.Value.StartsWith("pipe:", StringComparison.Ordinal))];

    private static string? FindTarget(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null; // The descriptor was closed in the meantime, like the descriptor of the listing itself.
        }
    }

    private static IEnumerable<ProcessEntry> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
            .OfType<ProcessEntry>();

    /// <summary>Parses a line such as "12 (name) S 1 12 …". The name may contain spaces and parentheses.</summary>
    private static ProcessEntry Parse(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        var rest = stat[(close + 2)..].Split(' ');
        return new ProcessEntry(Number(stat[..open]), Number(rest[1]), Number(rest[2]), rest[0][0], stat[(open + 1)..close]);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
