using System.Globalization;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>One process as <c>/proc</c> shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ParentId">Its parent's id.</param>
/// <param name="GroupId">Its process group's id.</param>
/// <param name="State">R, S, D, Z (a zombie) and so on.</param>
/// <param name="Name">The executable's name, cut to 15 characters.</param>
public sealed record ProcessEntry(int Id, int ParentId, int GroupId, char State, string Name)
{
    /// <summary>True for a process that has ended and whose exit code nobody has taken.</summary>
    public bool IsZombie => State == 'Z';
}

/// <summary>What runs, and what a process holds, read from <c>/proc</c>: for assertions about leaks.</summary>
[SupportedOSPlatform("linux")]
public static class ProcessTable
{
    /// <summary>The children of this process, zombies included.</summary>
    public static IReadOnlyList<ProcessEntry> OwnChildren => ChildrenOf(Environment.ProcessId);

    /// <summary>The children of a process, zombies included, in the order of their ids.</summary>
    public static IReadOnlyList<ProcessEntry> ChildrenOf(int parent) => [.. All().Where(p => p.ParentId == parent).OrderBy(p => p.Id)];

    /// <summary>The processes of a group, zombies included.</summary>
    public static IReadOnlyList<ProcessEntry> InGroup(int group) => [.. All().Where(p => p.GroupId == group).OrderBy(p => p.Id)];

    /// <summary>The processes that run an executable, whoever started them.</summary>
    public static IReadOnlyList<ProcessEntry> ByExecutable(string path) =>
        [.. All().Where(p => new FileInfo($"/proc/{p.Id}/exe").LinkTarget == path).OrderBy(p => p.Id)];

    /// <summary>A process, or null when there is none of this id.</summary>
    public static ProcessEntry? Find(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // it ended between the listing and the reading
        }
    }

    /// <summary>What each open descriptor of a process refers to, such as <c>pipe:[1234]</c>.</summary>
    public static IReadOnlyDictionary<int, string> Descriptors(int process) =>
        Directory
            .EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(entry => (Number: int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture), Target: TargetOf(entry)))
            .Where(entry => entry.Target is not null)
            .ToDictionary(entry => entry.Number, entry => entry.Target!);

    /// <summary>The ends of pipes that this process holds open: descriptors, and which pipe each refers to.</summary>
    public static IReadOnlyList<KeyValuePair<int, string>> OwnPipeEnds =>
        [.. Descriptors(Environment.ProcessId).Where(d => d.Value.StartsWith("pipe:", StringComparison.Ordinal))];

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null; // closed meanwhile: the listing itself is such a one
        }
    }

    private static IEnumerable<ProcessEntry> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
            .OfType<ProcessEntry>();

    /// <summary>"12 (any name, blanks and brackets too) S 1 12 …".</summary>
    private static ProcessEntry Parse(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        var rest = stat[(close + 2)..].Split(' ');
        return new ProcessEntry(Number(stat[..open]), Number(rest[1]), Number(rest[2]), rest[0][0], stat[(open + 1)..close]);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
