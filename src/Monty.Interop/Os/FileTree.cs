namespace Monty.Interop.Os;

/// <summary>What stands at a path.</summary>
internal enum EntryKind
{
    File,
    Directory,
    Link,
    Other,
}

/// <summary>One entry of a tree.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Mode">Type and permissions, as <c>st_mode</c>.</param>
/// <param name="Modified">Seconds since 1970.</param>
internal readonly record struct FileEntry(EntryKind Kind, long Size, int Mode, double Modified)
{
    public const int DirectoryMode = 0x41ED; // 0o40755
    public const int FileMode = 0x81A4; // 0o100644
}

/// <summary>The files of one mount. Paths are names from its root, without <c>.</c>, <c>..</c> and empty ones; no name is the root itself.</summary>
/// <remarks>Every member throws <see cref="FileError"/> where the operating system would fail, with the same number.</remarks>
internal abstract class FileTree : IDisposable
{
    /// <summary>The most bytes of a file that is read: what every form of a text takes, JSON being the narrowest.</summary>
    public const int MaxFileBytes = MontyJson.MaxTextLength;

    /// <summary>The most names in a directory that is listed.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>What a name counts against a limit, and in memory its length besides, so that empty files are not free.</summary>
    public const int BytesPerEntry = 128;

    /// <summary>What its changes change.</summary>
    public virtual FileEffect Effect => FileEffect.Memory;

    /// <summary>What stands at a path, or null. Links are followed where the tree follows them, unless it is the link itself that is asked for.</summary>
    public abstract FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true);

    /// <summary>The names in a directory.</summary>
    public abstract IReadOnlyList<string> List(ReadOnlySpan<string> path);

    /// <summary>A whole file.</summary>
    public abstract byte[] Read(ReadOnlySpan<string> path);

    /// <summary>Creates a file where there is none, empties it if asked, and adds to its end.</summary>
    public abstract void Write(ReadOnlySpan<string> path, FileContent content, bool truncate);

    public abstract void MakeDirectory(ReadOnlySpan<string> path);

    public abstract void RemoveFile(ReadOnlySpan<string> path);

    public abstract void RemoveDirectory(ReadOnlySpan<string> path);

    public abstract void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to);

    /// <summary>The path with its links resolved, as far as it exists.</summary>
    public virtual string[] Resolve(ReadOnlySpan<string> path) => path.ToArray();

    /// <summary>Counts bytes that were written before it was opened against its limit on what is written altogether, if it has one.</summary>
    public virtual void CountWrittenBytes(long bytes) { }

    public abstract void Dispose();
}
