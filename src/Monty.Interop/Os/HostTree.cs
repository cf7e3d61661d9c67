using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Monty.Interop.Os;

/// <summary>The files in a folder of the host. The folder is accessed only through an open descriptor, so neither <c>..</c> nor a link can lead out of it, even when links change at the same time.</summary>
/// <remarks>
/// The kernel follows links only while they stay inside the folder (openat2, RESOLVE_BENEATH). A file is first examined through a handle that
/// does not open it (O_PATH), and is then opened through that handle. So devices and pipes are never opened, and the file that is read is the
/// file that was examined.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class HostTree : FileTree
{
    private readonly SafeFileHandle root;
    private readonly string rootPath;
    private readonly bool followLinks;
    private readonly long maxWritten;
    private long written;

    /// <param name="folder">The folder. Links in this path are followed once, by this constructor.</param>
    /// <param name="followLinks">True to follow links inside the folder.</param>
    /// <param name="maxWritten">The maximum number of bytes that may be written in total, with <see cref="FileTree.BytesPerEntry"/> for each new entry.</param>
    public HostTree(string folder, bool followLinks, long maxWritten)
    {
        root = LinuxSyscalls.OpenRoot(folder);
        rootPath = LinkTarget(root);
        this.followLinks = followLinks;
        this.maxWritten = maxWritten;
        Open([]).Dispose(); // Throws here when the system does not support openat2, and not at the first call of a script.
    }

    public override FileEffect Effect => FileEffect.Host;

    public override FileEntry? Find(ReadOnlySpan<string> path, bool followLink = true)
    {
        try
        {
            if (followLink && followLinks)
            {
                using var handle = Open(path);
                return LinuxSyscalls.Stat(handle);
            }

            if (path.IsEmpty)
            {
                return LinuxSyscalls.Stat(root);
            }

            using var parent = Open(path[..^1]);
            return LinuxSyscalls.StatEntry(parent, path[^1]);
        }
        catch (FileError error) when (error.Errno == Errno.NoEntry)
        {
            return null;
        }
    }

    public override IReadOnlyList<string> List(ReadOnlySpan<string> path)
    {
        using var handle = Open(path);
        if (LinuxSyscalls.Stat(handle).Kind != EntryKind.Directory)
        {
            throw new FileError(Errno.NotDirectory);
        }

        using var readable = LinuxSyscalls.Reopen(handle, LinuxSyscalls.ReadOnly | LinuxSyscalls.Directory);
        try
        {
            var names = Directory
                .EnumerateFileSystemEntries(LinuxSyscalls.GetPath(readable))
                .Take(MaxEntries + 1)
                .Select(p => Path.GetFileName(p))
                .ToList();
            return names.Count <= MaxEntries ? names : throw new FileError(Errno.FileTooBig);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileError(Errno.NoAccess);
        }
    }

    public override byte[] Read(ReadOnlySpan<string> path)
    {
        using var handle = OpenRegular(path, LinuxSyscalls.ReadOnly);
        var expected = RandomAccess.GetLength(handle);
        if (expected > MaxFileBytes)
        {
            throw new FileError(Errno.FileTooBig);
        }

        var content = new byte[expected];
        var length = 0;
        try
        {
            while (length < content.Length && RandomAccess.Read(handle, content.AsSpan(length), length) is > 0 and var count)
            {
                length += count;
            }
        }
        catch (IOException)
        {
            throw new FileError(Errno.NoAccess);
        }

        return length == content.Length ? content : content[..length]; // The file may have become shorter in the meantime.
    }

    public override void Write(ReadOnlySpan<string> path, FileContent content, bool truncate)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        RequireWriteQuota(content.Length);
        if (content.Length > Array.MaxLength)
        {
            throw new FileError(Errno.FileTooBig);
        }

        using var handle = OpenToWrite(path, truncate, content.Length);
        try
        {
            RandomAccess.Write(handle, content.ToBytes().Span, fileOffset: 0); // the offset has no effect: the file was opened with O_APPEND
        }
        catch (IOException)
        {
            throw new FileError(Errno.NoSpace);
        }

        written += content.Length;
    }

    public override void MakeDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.Exists);
        }

        using var parent = Open(path[..^1]);
        RequireWriteQuota(BytesPerEntry);
        LinuxSyscalls.MakeDirectory(parent, path[^1]);
        written += BytesPerEntry;
    }

    public override void RemoveFile(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.IsDirectory);
        }

        using var parent = Open(path[..^1]);
        LinuxSyscalls.RemoveFile(parent, path[^1]);
    }

    public override void RemoveDirectory(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        using var parent = Open(path[..^1]);
        LinuxSyscalls.RemoveDirectory(parent, path[^1]);
    }

    public override void Rename(ReadOnlySpan<string> from, ReadOnlySpan<string> to)
    {
        if (from.IsEmpty || to.IsEmpty)
        {
            throw new FileError(Errno.NotPermitted);
        }

        using var source = Open(from[..^1]);
        using var target = Open(to[..^1]);
        LinuxSyscalls.Rename(source, from[^1], target, to[^1]);
    }

    public override string[] Resolve(ReadOnlySpan<string> path)
    {
        for (var length = path.Length; length > 0; length--)
        {
            try
            {
                using var handle = Open(path[..length]);
                var found = LinkTarget(handle);
                if (found != rootPath && !found.StartsWith(rootPath.TrimEnd('/') + '/', StringComparison.Ordinal))
                {
                    continue; // The file was moved out of the folder in the meantime.
                }

                return [.. found[rootPath.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries), .. path[length..]];
            }
            catch (FileError error) when (error.Errno is Errno.NoEntry or Errno.NotDirectory) { }
        }

        return path.ToArray();
    }

    public override void CountWrittenBytes(long bytes) => written += bytes;

    public override void Dispose() => root.Dispose();

    private static string LinkTarget(SafeFileHandle handle) =>
        new FileInfo(LinuxSyscalls.GetPath(handle)).LinkTarget ?? throw new FileError(Errno.NoEntry);

    private SafeFileHandle Open(ReadOnlySpan<string> path) =>
        LinuxSyscalls.OpenBeneath(root, path.IsEmpty ? "." : string.Join('/', path), LinuxSyscalls.PathOnly, followLinks);

    private void RequireWriteQuota(long more)
    {
        if (more > maxWritten - written)
        {
            throw new FileError(Errno.NoSpace);
        }
    }

    private SafeFileHandle OpenRegular(ReadOnlySpan<string> path, int flags)
    {
        using var handle = Open(path);
        return LinuxSyscalls.Stat(handle).Kind switch
        {
            EntryKind.File => LinuxSyscalls.Reopen(handle, flags),
            EntryKind.Directory => throw new FileError(Errno.IsDirectory),
            _ => throw new FileError(Errno.NoAccess), // Pipes, sockets and devices are never opened.
        };
    }

    private SafeFileHandle OpenToWrite(ReadOnlySpan<string> path, bool truncate, long length)
    {
        const int MaxAttempts = 100; // Retries are needed when another process creates and removes the file at the same time.
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            try
            {
                return OpenRegular(path, LinuxSyscalls.WriteOnly | LinuxSyscalls.Append | (truncate ? LinuxSyscalls.Truncate : 0));
            }
            catch (FileError error) when (error.Errno == Errno.NoEntry) { }

            try
            {
                using var parent = Open(path[..^1]);
                RequireWriteQuota(BytesPerEntry + length);
                var created = LinuxSyscalls.CreateFile(parent, path[^1]);
                written += BytesPerEntry;
                return created;
            }
            catch (FileError error) when (error.Errno == Errno.Exists && HasEntry(path)) { }
        }

        throw new FileError(Errno.NoEntry);
    }

    /// <summary>Returns true when the entry exists, and throws when it is a link without a target, because the target of a link is never created.</summary>
    private bool HasEntry(ReadOnlySpan<string> path) => Find(path) is not null ? true : throw new FileError(Errno.NoAccess);
}
