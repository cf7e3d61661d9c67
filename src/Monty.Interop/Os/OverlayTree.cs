namespace Monty.Interop.Os;

/// <summary>A tree that is read and never changed, with what was written above it held in memory.</summary>
/// <remarks>What is there below and removed or replaced is hidden for good. A directory that is there below is not renamed, as an overlay file system refuses it too.</remarks>
internal sealed class OverlayTree(FileTree lower, MemoryTree upper) : FileTree
{
    private readonly HiddenPaths hidden = new();

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true) =>
        upper.Find(path) ?? (hidden.Covers(path) ? null : lower.Find(path, followLink: false));

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path)
    {
        RequireDirectory(path);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (IsDirectoryBelow(path))
        {
            foreach (var name in lower.List(path))
            {
                if (!hidden.Covers([.. path, name]))
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

        if (source.Kind == EntryKind.Directory && IsDirectoryBelow(from))
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

    /// <summary>Hides what is there below; other paths are not remembered, so that making and removing files does not add up.</summary>
    private void Hide(ReadOnlySpan<string> path)
    {
        if (FindBelow(path) is not null)
        {
            hidden.Add(path);
        }
    }

    private FileEntry? FindBelow(ReadOnlySpan<string> path)
    {
        try
        {
            return hidden.Covers(path) ? null : lower.Find(path, followLink: false);
        }
        catch (FileError error) when (error.Errno == Errno.NotDirectory)
        {
            return null; // a directory above stands where there is a file below
        }
    }

    private bool IsDirectoryBelow(ReadOnlySpan<string> path) => FindBelow(path)?.Kind == EntryKind.Directory;

    private void RequireDirectory(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        if (entry.Kind != EntryKind.Directory)
        {
            throw new FileError(entry.Kind == EntryKind.Link ? Errno.LinkLoop : Errno.NotDirectory);
        }
    }

    /// <summary>The directories above a path, which are there, also in memory.</summary>
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
