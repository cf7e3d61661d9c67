namespace Monty.Interop.Os;

/// <summary>A tree that refuses all changes.</summary>
internal sealed class ReadOnlyTree(FileTree inner) : FileTree
{
    public override FileEffect Effect => FileEffect.Nothing;

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true) => inner.Find(path, followLink);

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path) => inner.List(path);

    public override byte[] Read(ReadOnlySpan<string> path) => inner.Read(path);

    public override string[] Resolve(ReadOnlySpan<string> path) => inner.Resolve(path);

    public override void Write(ReadOnlySpan<string> path, FileContent content, bool truncate) => throw new FileError(Errno.ReadOnly);

    public override void MakeDirectory(ReadOnlySpan<string> path) =>
        throw new FileError(Find(path) is null ? Errno.ReadOnly : Errno.Exists);

    public override void RemoveFile(ReadOnlySpan<string> path) =>
        throw new FileError(Find(path, followLink: false) is null ? Errno.NoEntry : Errno.ReadOnly);

    public override void RemoveDirectory(ReadOnlySpan<string> path) =>
        throw new FileError(Find(path, followLink: false) is null ? Errno.NoEntry : Errno.ReadOnly);

    public override void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to) =>
        throw new FileError(Find(from, followLink: false) is null ? Errno.NoEntry : Errno.ReadOnly);

    public override void Dispose() => inner.Dispose();
}
