namespace Monty.Interop.Os;

/// <summary>The mounts of a session: which one a path belongs to, and the directories that only lead to mounts.</summary>
internal sealed class MountTable : IDisposable
{
    private readonly List<(string[] At, FileTree Tree)> mounts;

    public MountTable(IEnumerable<MontyMount> mounts, Func<double> now) =>
        this.mounts = [.. Validate([.. mounts]).Select(m => (VirtualPath.NamesOf(m.Path, "/"), Open(m, now)))];

    public bool IsEmpty => mounts.Count == 0;

    /// <summary>The mount that a path is in, with the rest of the path; null outside of all.</summary>
    public (FileTree Tree, string[] Path, string[] At)? Find(string[] path)
    {
        foreach (var (at, tree) in mounts)
        {
            if (path.AsSpan().StartsWith(at))
            {
                return (tree, path[at.Length..], at);
            }
        }

        return null;
    }

    /// <summary>The names in a directory that is there only because mounts are below it; null for any other path.</summary>
    public IReadOnlyList<string>? NamesAbove(string[] path)
    {
        var names = mounts
            .Where(m => m.At.Length > path.Length && m.At.AsSpan().StartsWith(path))
            .Select(m => m.At[path.Length])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return names.Count > 0 || path.Length == 0 ? names : null;
    }

    public void Dispose()
    {
        foreach (var (_, tree) in mounts)
        {
            tree.Dispose();
        }
    }

    private static FileTree Open(MontyMount mount, Func<double> now)
    {
        try
        {
            return mount.Open(now);
        }
        catch (FileError error)
        {
            throw new ArgumentException(
                $"The folder to mount at {mount.Path} cannot be opened: {OsError.Create(error.Errno, mount.Path).Message}. Check that it is there and may be read."
            );
        }
    }

    private static List<MontyMount> Validate(IReadOnlyList<MontyMount> mounts)
    {
        var sorted = mounts.OrderBy(m => m.Path.Length).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            foreach (var outer in sorted.Take(i))
            {
                if (outer.Path == sorted[i].Path)
                {
                    throw new ArgumentException($"Two mounts are at {outer.Path}. Move one of them.");
                }

                if (outer.Path == "/" || sorted[i].Path.StartsWith(outer.Path + "/", StringComparison.Ordinal))
                {
                    throw new ArgumentException(
                        $"The mount at {sorted[i].Path} is inside the one at {outer.Path}. Mounts do not nest: put them side by side."
                    );
                }
            }
        }

        return sorted;
    }
}
