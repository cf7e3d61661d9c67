namespace Monty.Interop.Os;

/// <summary>Files held in memory, with a limit on their bytes. Each name counts as some bytes too, so that empty files are not free.</summary>
internal sealed class MemoryTree(long maxBytes, Func<double> now) : FileTree
{
    private const int MaxNameBytes = 255;
    private readonly Node root = new(isDirectory: true) { Modified = now() };
    private long bytes;

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true) =>
        NodeAt(path) is not { } node ? null
        : node.IsDirectory ? new FileEntry(EntryKind.Directory, 0, FileEntry.DirectoryMode, node.Modified)
        : new FileEntry(EntryKind.File, node.Length, FileEntry.FileMode, node.Modified);

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path) => [.. DirectoryAt(path).Children!.Keys];

    public override byte[] Read(ReadOnlySpan<string> path)
    {
        var node = NodeAt(path) ?? throw new FileError(Errno.NoEntry);
        return node.IsDirectory ? throw new FileError(Errno.IsDirectory) : node.Content.AsSpan(0, node.Length).ToArray();
    }

    public override void Write(ReadOnlySpan<string> path, FileContent content, bool truncate)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        var parent = DirectoryAt(path[..^1]);
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

        Charge(content.Length - (exists ? node!.Length - kept : 0) + (exists ? 0 : CostOf(path[^1])));
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

        var parent = DirectoryAt(path[..^1]);
        if (parent.Children!.ContainsKey(path[^1]))
        {
            throw new FileError(Errno.Exists);
        }

        Charge(CostOf(path[^1]));
        parent.Children[path[^1]] = new Node(isDirectory: true) { Modified = now() };
        parent.Modified = now();
    }

    public override void RemoveFile(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        var parent = DirectoryAt(path[..^1]);
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

        var parent = DirectoryAt(path[..^1]);
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

        var (source, target) = (DirectoryAt(from[..^1]), DirectoryAt(to[..^1]));
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

        Charge(replaced is null ? CostOf(to[^1]) - CostOf(from[^1]) : -CostOf(from[^1]));
        source.Children.Remove(from[^1]);
        target.Children[to[^1]] = node;
        source.Modified = target.Modified = now();
    }

    public override void Dispose() { }

    /// <summary>Refuses a new file that is too long, or has no room, before its content is made.</summary>
    public void RequireRoom(string name, long length)
    {
        if (length > MaxFileBytes)
        {
            throw new FileError(Errno.FileTooBig);
        }

        if (bytes + CostOf(name) + length > maxBytes)
        {
            throw new FileError(Errno.NoSpace);
        }
    }

    private static int CostOf(string name) =>
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
        Charge(-(node.Length + CostOf(name)));
    }

    private Node DirectoryAt(ReadOnlySpan<string> path) =>
        NodeAt(path) is not { } node ? throw new FileError(Errno.NoEntry)
        : node.IsDirectory ? node
        : throw new FileError(Errno.NotDirectory);

    /// <summary>The node at a path, or null; a file on the way is an error, as it is for the operating system.</summary>
    private Node? NodeAt(ReadOnlySpan<string> path)
    {
        var node = root;
        foreach (var name in path)
        {
            if (!node.IsDirectory)
            {
                throw new FileError(Errno.NotDirectory);
            }

            _ = CostOf(name);
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

        /// <summary>Keeps the beginning and puts something behind it; growing doubles, so that many small writes stay cheap, and shrinking lets go.</summary>
        public void Set(int kept, FileContent added)
        {
            var length = kept + (int)added.Length; // no file is larger
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
