namespace Monty.Interop.Os;

/// <summary>Finds the mount that contains a path, and the directories that exist only because mounts are below them.</summary>
internal sealed class MountTable : IDisposable
{
    private readonly List<(string[] MountPoint, FileTree Tree)> mounts;

    /// <exception cref="ArgumentException">Two mounts have the same path or are nested, or a folder cannot be opened.</exception>
    public MountTable(IEnumerable<MontyMount> mounts, Func<double> now) =>
        this.mounts = [.. Validate([.. mounts]).Select(m => (VirtualPath.Split(m.Path, "/"), Open(m, now)))];

    public bool IsEmpty => mounts.Count == 0;

    /// <summary>Returns the mount that contains a path, or null when the path is outside all mounts.</summary>
    public MountedPath? Find(string[] path)
    {
        foreach (var (mountPoint, tree) in mounts)
        {
            if (path.AsSpan().StartsWith(mountPoint))
            {
                return new MountedPath(tree, path[mountPoint.Length..], mountPoint);
            }
        }

        return null;
    }

    /// <summary>Returns the names in a directory that exists only because mounts are below it, or null for any other path.</summary>
    public IReadOnlyList<string>? NamesAbove(string[] path)
    {
        var names = mounts
            .Where(m => m.MountPoint.Length > path.Length && m.MountPoint.AsSpan().StartsWith(path))
            .Select(m => m.MountPoint[path.Length])
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
                $"Cannot mount the folder at {mount.Path}: {OsError.Create(error.Errno, mount.Path).Message}. Check that the folder exists and can be read."
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
                    throw new ArgumentException($"Two mounts have the path {outer.Path}. Change one of them.");
                }

                if (outer.Path == "/" || sorted[i].Path.StartsWith(outer.Path + "/", StringComparison.Ordinal))
                {
                    throw new ArgumentException(
                        $"The mount at {sorted[i].Path} is inside the mount at {outer.Path}. Mounts cannot be nested; change one of the paths."
                    );
                }
            }
        }

        return sorted;
    }
}

/// <summary>A path in a mount.</summary>
/// <param name="Tree">The files of the mount.</param>
/// <param name="Path">The path in the mount.</param>
/// <param name="MountPoint">The path of the mount itself.</param>
internal sealed record MountedPath(FileTree Tree, string[] Path, string[] MountPoint);
