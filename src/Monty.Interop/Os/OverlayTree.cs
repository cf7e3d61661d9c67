namespace Monty.Interop.Os;

/// <summary>A tree that is read and never changed, with what was written above it held in memory.</summary>
/// <remarks>A path once removed or replaced is hidden below for good. A directory that is there below is not renamed, as an overlay file system refuses it too.</remarks>
internal sealed class OverlayTree(FileTree lower, MemoryTree upper) : FileTree
{
    private readonly HashSet<string> hidden = new(StringComparer.Ordinal);

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true)
    {
        for (var length = 0; length < path.Length; length++)
        {
            if (FindHere(path[..length]) is not { } parent) return null;
            if (parent.Kind != EntryKind.Directory) throw new FileError(parent.Kind == EntryKind.Link ? Errno.LinkLoop : Errno.NotDirectory);
        }

        return FindHere(path);
    }

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path)
    {
        RequireDirectory(path);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (IsDirectoryBelow(path))
        {
            foreach (var name in lower.List(path))
            {
                if (!hidden.Contains(KeyOf([.. path, name]))) names.Add(name);
            }
        }

        if (InUpper(path) is not null) names.UnionWith(upper.List(path));
        return [.. names];
    }

    public override byte[] Read(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        return entry.Kind switch
        {
            EntryKind.Directory => throw new FileError(Errno.IsDirectory),
            EntryKind.Link => throw new FileError(Errno.LinkLoop),
            _ => InUpper(path) is null ? lower.Read(path) : upper.Read(path),
        };
    }

    public override void Write(ReadOnlySpan<string> path, ReadOnlySpan<byte> content, bool truncate)
    {
        if (path.IsEmpty) throw new FileError(Errno.IsDirectory);
        RequireDirectory(path[..^1]);
        var entry = Find(path);
        if (entry?.Kind == EntryKind.Directory) throw new FileError(Errno.IsDirectory);
        if (entry?.Kind == EntryKind.Link) throw new FileError(Errno.LinkLoop);
        if (entry?.Kind == EntryKind.Other) throw new FileError(Errno.NoAccess);
        MakeParents(path);
        if (entry is not null && !truncate && InUpper(path) is null) upper.Write(path, lower.Read(path), truncate: true);
        upper.Write(path, content, truncate);
    }

    public override void MakeDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty || Find(path) is not null) throw new FileError(Errno.Exists);
        RequireDirectory(path[..^1]);
        MakeParents(path);
        upper.MakeDirectory(path);
        hidden.Add(KeyOf(path));
    }

    public override void RemoveFile(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        if (entry.Kind == EntryKind.Directory) throw new FileError(Errno.IsDirectory);
        if (InUpper(path) is not null) upper.RemoveFile(path);
        hidden.Add(KeyOf(path));
    }

    public override void RemoveDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) throw new FileError(Errno.NotPermitted);
        RequireDirectory(path);
        if (List(path).Count > 0) throw new FileError(Errno.NotEmpty);
        if (InUpper(path) is not null) upper.RemoveDirectory(path);
        hidden.Add(KeyOf(path));
    }

    public override void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to)
    {
        if (from.IsEmpty || to.IsEmpty) throw new FileError(Errno.NotPermitted);
        var source = Find(from) ?? throw new FileError(Errno.NoEntry);
        RequireDirectory(to[..^1]);
        if (from.SequenceEqual(to)) return;
        var target = Find(to);
        if (source.Kind is EntryKind.Link or EntryKind.Other) throw new FileError(Errno.CrossDevice);
        if (source.Kind == EntryKind.Directory && to.Length > from.Length && to[..from.Length].SequenceEqual(from)) throw new FileError(Errno.Invalid);
        if (target?.Kind == EntryKind.Directory && source.Kind != EntryKind.Directory) throw new FileError(Errno.IsDirectory);
        if (target is { Kind: not EntryKind.Directory } && source.Kind == EntryKind.Directory) throw new FileError(Errno.NotDirectory);
        if (target?.Kind == EntryKind.Directory && List(to).Count > 0) throw new FileError(Errno.NotEmpty);
        if (source.Kind == EntryKind.Directory && IsDirectoryBelow(from)) throw new FileError(Errno.CrossDevice);
        MakeParents(to);
        if (InUpper(from) is null) upper.Write(from, lower.Read(from), truncate: true);
        if (target?.Kind == EntryKind.Directory && InUpper(to) is not null) upper.RemoveDirectory(to);
        upper.Rename(from, to);
        hidden.Add(KeyOf(from));
        hidden.Add(KeyOf(to));
    }

    public override void Dispose() => lower.Dispose();

    private static string KeyOf(ReadOnlySpan<string> path) => string.Join('/', path);

    private FileEntry? FindHere(ReadOnlySpan<string> path) => InUpper(path) ?? (IsHidden(path) ? null : FindBelow(path));

    private FileEntry? FindBelow(ReadOnlySpan<string> path)
    {
        try
        {
            return lower.Find(path, followLink: false);
        }
        catch (FileError error) when (error.Errno is Errno.NotDirectory or Errno.NoEntry)
        {
            return null; // a directory above stands where there is a file below
        }
    }

    private FileEntry? InUpper(ReadOnlySpan<string> path)
    {
        try
        {
            return upper.Find(path);
        }
        catch (FileError error) when (error.Errno == Errno.NotDirectory)
        {
            return null;
        }
    }

    private bool IsHidden(ReadOnlySpan<string> path)
    {
        for (var length = 1; length <= path.Length; length++)
        {
            if (hidden.Contains(KeyOf(path[..length]))) return true;
        }

        return false;
    }

    private bool IsDirectoryBelow(ReadOnlySpan<string> path) => !IsHidden(path) && FindBelow(path)?.Kind == EntryKind.Directory;

    private void RequireDirectory(ReadOnlySpan<string> path)
    {
        var entry = Find(path) ?? throw new FileError(Errno.NoEntry);
        if (entry.Kind != EntryKind.Directory) throw new FileError(entry.Kind == EntryKind.Link ? Errno.LinkLoop : Errno.NotDirectory);
    }

    /// <summary>The directories above a path, which are there, also in memory.</summary>
    private void MakeParents(ReadOnlySpan<string> path)
    {
        for (var length = 1; length < path.Length; length++)
        {
            if (InUpper(path[..length]) is null) upper.MakeDirectory(path[..length]);
        }
    }
}
