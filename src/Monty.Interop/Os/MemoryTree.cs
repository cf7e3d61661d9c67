namespace Monty.Interop.Os;

/// <summary>Files that are held in memory, with a limit on their total size. Each entry counts additional bytes, so that empty files are not free.</summary>
internal sealed class MemoryTree(long maxBytes, Func<double> now) : FileTree
{
    private const int MaxNameBytes = 255;
    private readonly Node root = new(isDirectory: true) { Modified = now() };
    private long bytes;

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true)
    {
        if (FindNode(path) is not { } node)
        {
            return null;
        }

        return node.IsDirectory
            ? new FileEntry(EntryKind.Directory, 0, FileEntry.DirectoryMode, node.Modified)
            : new FileEntry(EntryKind.File, node.Length, FileEntry.FileMode, node.Modified);
    }

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path) => [.. GetDirectory(path).Children!.Keys];

    public override byte[] Read(ReadOnlySpan<string> path)
    {
        var node = FindNode(path) ?? throw new FileError(Errno.NoEntry);
        return node.IsDirectory ? throw new FileError(Errno.IsDirectory) : node.Content.AsSpan(0, node.Length).ToArray();
    }

    public override void Write(ReadOnlySpan<string> path, FileContent content, bool truncate)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        var parent = GetDirectory(path[..^1]);
        var exists = parent.Children!.TryGetValue(path[^1], out var node);
        if (exists && node!.IsDirectory)
        {
            throw new FileError(Errno.IsDirectory);
        }

        var kept = exists && !truncate ? node!.Length : 0;
        if ((long)kept + content.Length > MaxFileBytes)
        {
            throw new FileError(Errno.FileTooBig);
        }

        Charge(content.Length - (exists ? node!.Length - kept : 0) + (exists ? 0 : GetEntryCost(path[^1])));
        if (!exists)
        {
            parent.Children[path[^1]] = node = new Node(isDirectory: false);
            parent.Modified = now();
        }

        node!.Set(kept, content);
        node.Modified = now();
    }

    public override void MakeDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.Exists);
        }

        var parent = GetDirectory(path[..^1]);
        if (parent.Children!.ContainsKey(path[^1]))
        {
            throw new FileError(Errno.Exists);
        }

        Charge(GetEntryCost(path[^1]));
        parent.Children[path[^1]] = new Node(isDirectory: true) { Modified = now() };
        parent.Modified = now();
    }

    public override void RemoveFile(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        var parent = GetDirectory(path[..^1]);
        if (!parent.Children!.TryGetValue(path[^1], out var node))
        {
            throw new FileError(Errno.NoEntry);
        }

        if (node.IsDirectory)
        {
            throw new FileError(Errno.IsDirectory);
        }

        Remove(parent, path[^1], node);
    }

    public override void RemoveDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        var parent = GetDirectory(path[..^1]);
        if (!parent.Children!.TryGetValue(path[^1], out var node))
        {
            throw new FileError(Errno.NoEntry);
        }

        if (!node.IsDirectory)
        {
            throw new FileError(Errno.NotDirectory);
        }

        if (node.Children!.Count > 0)
        {
            throw new FileError(Errno.NotEmpty);
        }

        Remove(parent, path[^1], node);
    }

    public override void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to)
    {
        if (from.IsEmpty || to.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        var source = GetDirectory(from[..^1]);
        var target = GetDirectory(to[..^1]);
        if (!source.Children!.TryGetValue(from[^1], out var node))
        {
            throw new FileError(Errno.NoEntry);
        }

        if (from.SequenceEqual(to))
        {
            return;
        }

        if (from.Length > to.Length && from[..to.Length].SequenceEqual(to))
        {
            throw new FileError(Errno.NotEmpty);
        }

        if (node.IsDirectory && to.Length > from.Length && to[..from.Length].SequenceEqual(from))
        {
            throw new FileError(Errno.Invalid);
        }

        if (target.Children!.TryGetValue(to[^1], out var replaced))
        {
            if (replaced.IsDirectory && !node.IsDirectory)
            {
                throw new FileError(Errno.IsDirectory);
            }

            if (!replaced.IsDirectory && node.IsDirectory)
            {
                throw new FileError(Errno.NotDirectory);
            }

            if (replaced.IsDirectory && replaced.Children!.Count > 0)
            {
                throw new FileError(Errno.NotEmpty);
            }

            bytes -= replaced.Length;
        }

        Charge(replaced is null ? GetEntryCost(to[^1]) - GetEntryCost(from[^1]) : -GetEntryCost(from[^1]));
        source.Children.Remove(from[^1]);
        target.Children[to[^1]] = node;
        source.Modified = now();
        target.Modified = source.Modified;
    }

    public override void Dispose() { }

    /// <summary>Throws when a new file would be too long or would exceed the limit, before its content is built.</summary>
    public void RequireRoom(string name, long length)
    {
        if (length > MaxFileBytes)
        {
            throw new FileError(Errno.FileTooBig);
        }

        if (bytes + GetEntryCost(name) + length > maxBytes)
        {
            throw new FileError(Errno.NoSpace);
        }
    }

    /// <summary>Returns the number of bytes that an entry counts against the limit, without its content.</summary>
    private static int GetEntryCost(string name) =>
        System.Text.Encoding.UTF8.GetByteCount(name) is <= MaxNameBytes and var length
            ? BytesPerEntry + length
            : throw new FileError(Errno.NameTooLong);

    private void Charge(long more)
    {
        if (more > 0 && bytes + more > maxBytes)
        {
            throw new FileError(Errno.NoSpace);
        }

        bytes += more;
    }

    private void Remove(Node parent, string name, Node node)
    {
        parent.Children!.Remove(name);
        parent.Modified = now();
        Charge(-(node.Length + GetEntryCost(name)));
    }

    private Node GetDirectory(ReadOnlySpan<string> path)
    {
        var node = FindNode(path) ?? throw new FileError(Errno.NoEntry);
        return node.IsDirectory ? node : throw new FileError(Errno.NotDirectory);
    }

    /// <summary>Returns the node at a path, or null. As in the operating system, a file in place of a directory of the path is an error.</summary>
    private Node? FindNode(ReadOnlySpan<string> path)
    {
        var node = root;
        foreach (var name in path)
        {
            if (!node.IsDirectory)
            {
                throw new FileError(Errno.NotDirectory);
            }

            _ = GetEntryCost(name); // Throws when the name is too long.
            if (!node.Children!.TryGetValue(name, out var child))
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    private sealed class Node(bool isDirectory)
    {
        public SortedDictionary<string, Node>? Children { get; } = isDirectory ? new(StringComparer.Ordinal) : null;

        public bool IsDirectory => Children is not null;

        public byte[] Content { get; private set; } = [];

        public int Length { get; private set; }

        public double Modified { get; set; }

        /// <summary>Keeps a number of bytes from the beginning and appends others. Growing doubles the capacity, so that many small writes stay cheap; shrinking releases memory.</summary>
        public void Set(int kept, FileContent added)
        {
            var length = kept + (int)added.Length; // MaxFileBytes is less than int.MaxValue.
            if (length > Content.Length || length < Content.Length / 2)
            {
                var other = new byte[Math.Max(length, 2 * kept)];
                Content.AsSpan(0, kept).CopyTo(other);
                Content = other;
            }

            added.CopyTo(Content.AsSpan(kept));
            Length = length;
        }
    }
}
