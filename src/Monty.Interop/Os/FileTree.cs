namespace Monty.Interop.Os;

/// <summary>The kind of an entry in a file tree.</summary>
internal enum EntryKind
{
    File,
    Directory,
    Link,
    Other,
}

/// <summary>An entry in a file tree.</summary>
/// <param name="Kind">The kind of the entry.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Mode">The type and permissions, as in <c>st_mode</c>.</param>
/// <param name="Modified">The modification time, in seconds since 1970.</param>
internal readonly record struct FileEntry(EntryKind Kind, long Size, int Mode, double Modified)
{
    public const int DirectoryMode = 0x41ED; // 0o40755
    public const int FileMode = 0x81A4; // 0o100644
}

/// <summary>The files of one mount.</summary>
/// <remarks>
/// A path is a list of names from the root of the mount, without <c>.</c>, <c>..</c> and empty names; the empty list is the root itself.
/// All members throw <see cref="FileError"/> in the situations in which the operating system would fail, with the same error number.
/// </remarks>
internal abstract class FileTree : IDisposable
{
    /// <summary>The maximum size of a file that is read, in bytes. It is the limit for a text in JSON, which is the lowest of all forms of a value.</summary>
    public const int MaxFileBytes = MontyJson.MaxTextLength;

    /// <summary>The maximum number of names in a directory that can be listed.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>The number of bytes that each entry counts against a limit, so that empty files are not free. In memory, the length of the name is added.</summary>
    public const int BytesPerEntry = 128;

    /// <summary>The effect of changes to this tree.</summary>
    public virtual FileEffect Effect => FileEffect.Memory;

    /// <summary>Returns the entry at a path, or null.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">False to return a link itself. Otherwise a link is followed, if the tree follows links.</param>
    public abstract FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true);

    /// <summary>Returns the names in a directory.</summary>
    public abstract IReadOnlyList<string> List(ReadOnlySpan<string> path);

    /// <summary>Reads a complete file.</summary>
    public abstract byte[] Read(ReadOnlySpan<string> path);

    /// <summary>Appends to a file. The file is created if it does not exist, and is emptied first if <paramref name="truncate"/> is true.</summary>
    public abstract void Write(ReadOnlySpan<string> path, FileContent content, bool truncate);

    public abstract void MakeDirectory(ReadOnlySpan<string> path);

    public abstract void RemoveFile(ReadOnlySpan<string> path);

    public abstract void RemoveDirectory(ReadOnlySpan<string> path);

    public abstract void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to);

    /// <summary>Returns the path with its links resolved, as far as the path exists.</summary>
    public virtual string[] Resolve(ReadOnlySpan<string> path) => path.ToArray();

    /// <summary>Counts bytes that were written before the tree was opened against its limit on the total of written bytes, if it has one.</summary>
    public virtual void CountWrittenBytes(long bytes) { }

    public abstract void Dispose();
}
