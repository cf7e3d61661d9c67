namespace Monty.Interop.Os;

/// <summary>A lower tree that is only read, combined with an upper tree in memory that holds all changes.</summary>
/// <remarks>Entries of the lower tree that are removed or replaced stay hidden. As in the overlay file system of Linux, a directory of the lower tree cannot be renamed.</remarks>
internal sealed class OverlayTree(FileTree lower, MemoryTree upper) : FileTree
{
    private readonly HiddenPaths hidden = new();

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true) =>
        upper.Find(path) ?? (hidden.Contains(path) ? null : lower.Find(path, followLink: false));

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path)
    {
        RequireDirectory(path);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (IsLowerDirectory(path))
        {
            foreach (var name in lower.List(path))
            {
                if (!hidden.Contains([.. path, name]))
                {
                    names.Add(name);
                }
            }
        }

        if (upper.Find(path) is not null)
        {
            names.UnionWith(upper.List(path));
        }

        return [.. names];
    }

    public override byte[] Read(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        return entry.Kind switch
        {
            EntryKind.Directory => throw new FileError(Errno.IsDirectory),
            EntryKind.Link => throw new FileError(Errno.LinkLoop),
            _ => upper.Find(path) is null ? lower.Read(path) : upper.Read(path),
        };
    }

    public override void Write(ReadOnlySpan<string> path, FileContent content, bool truncate)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        RequireDirectory(path[..^1]);
        var entry = Find(path);
        if (entry?.Kind == EntryKind.Directory)
        {
            throw new FileError(Errno.IsDirectory);
        }

        if (entry?.Kind == EntryKind.Link)
        {
            throw new FileError(Errno.LinkLoop);
        }

        if (entry?.Kind == EntryKind.Other)
        {
            throw new FileError(Errno.NoAccess);
        }

        MakeParents(path);
        if (entry is not null && !truncate && upper.Find(path) is null)
        {
            upper.RequireRoom(path[^1], entry.Value.Size + content.Length);
            upper.Write(path, new FileContent(lower.Read(path)), truncate: true);
        }

        upper.Write(path, content, truncate);
    }

    public override void MakeDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty || Find(path) is not null)
        {
            throw new FileError(Errno.Exists);
        }

        RequireDirectory(path[..^1]);
        MakeParents(path);
        upper.MakeDirectory(path);
    }

    public override void RemoveFile(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        if (entry.Kind == EntryKind.Directory)
        {
            throw new FileError(Errno.IsDirectory);
        }

        if (upper.Find(path) is not null)
        {
            upper.RemoveFile(path);
        }

        Hide(path);
    }

    public override void RemoveDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        RequireDirectory(path);
        if (List(path).Count > 0)
        {
            throw new FileError(Errno.NotEmpty);
        }

        if (upper.Find(path) is not null)
        {
            upper.RemoveDirectory(path);
        }

        Hide(path);
    }

    public override void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to)
    {
        if (from.IsEmpty || to.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        var source = Find(from) ?? throw new FileError(Errno.NoEntry);
        RequireDirectory(to[..^1]);
        if (from.SequenceEqual(to))
        {
            return;
        }

        if (from.Length > to.Length && from[..to.Length].SequenceEqual(to))
        {
            throw new FileError(Errno.NotEmpty);
        }

        var target = Find(to);
        if (source.Kind is EntryKind.Link or EntryKind.Other)
        {
            throw new FileError(Errno.CrossDevice);
        }

        if (source.Kind == EntryKind.Directory && to.Length > from.Length && to[..from.Length].SequenceEqual(from))
        {
            throw new FileError(Errno.Invalid);
        }

        if (target?.Kind == EntryKind.Directory && source.Kind != EntryKind.Directory)
        {
            throw new FileError(Errno.IsDirectory);
        }

        if (target is { Kind: not EntryKind.Directory } && source.Kind == EntryKind.Directory)
        {
            throw new FileError(Errno.NotDirectory);
        }

        if (target?.Kind == EntryKind.Directory && List(to).Count > 0)
        {
            throw new FileError(Errno.NotEmpty);
        }

        if (source.Kind == EntryKind.Directory && IsLowerDirectory(from))
        {
            throw new FileError(Errno.CrossDevice);
        }

        MakeParents(to);
        if (upper.Find(from) is null)
        {
            upper.RequireRoom(from[^1], source.Size);
            upper.Write(from, new FileContent(lower.Read(from)), truncate: true);
        }

        upper.Rename(from, to);
        Hide(from);
        Hide(to);
    }

    public override void Dispose() => lower.Dispose();

    /// <summary>Hides an entry of the lower tree. Other paths are not stored, so that creating and removing files does not use memory permanently.</summary>
    private void Hide(ReadOnlySpan<string> path)
    {
        if (FindLower(path) is not null)
        {
            hidden.Add(path);
        }
    }

    private FileEntry? FindLower(ReadOnlySpan<string> path)
    {
        try
        {
            return hidden.Contains(path) ? null : lower.Find(path, followLink: false);
        }
        catch (FileError error) when (error.Errno == Errno.NotDirectory)
        {
            return null; // The upper tree has a directory where the lower tree has a file.
        }
    }

    private bool IsLowerDirectory(ReadOnlySpan<string> path) => FindLower(path)?.Kind == EntryKind.Directory;

    private void RequireDirectory(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        if (entry.Kind != EntryKind.Directory)
        {
            throw new FileError(entry.Kind == EntryKind.Link ? Errno.LinkLoop : Errno.NotDirectory);
        }
    }

    /// <summary>Creates the directories above a path in the upper tree. They exist in at least one of the trees.</summary>
    private void MakeParents(ReadOnlySpan<string> path)
    {
        var length = path.Length - 1;
        while (length > 0 && upper.Find(path[..length]) is null)
        {
            length--;
        }

        while (++length < path.Length)
        {
            upper.MakeDirectory(path[..length]);
        }
    }
}
