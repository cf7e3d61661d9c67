using Monty.Interop.Os;

namespace Monty.Interop;

/// <summary>A directory in the file system of a script, and the files that it contains: a folder of the host, an overlay of one, or files in memory.</summary>
/// <remarks>
/// Immutable and thread-safe. The state of the files belongs to the <see cref="MontyOs"/> that uses the mount. A script cannot access anything outside a
/// mounted folder, neither with <c>..</c> nor with links, even when links are created or changed while the script runs (docs/how-to/files.md).
/// </remarks>
public sealed class MontyMount
{
    private const string NeedsLinux =
        "Cannot mount a folder: this is only supported on Linux, because it relies on openat2. Use MontyMount.InMemory, or answer the calls in FeedOptions.OnOsCall.";
    private readonly Func<Func<double>, FileTree> open;

    private MontyMount(string path, Func<Func<double>, FileTree> open)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!VirtualPath.IsNormal(path))
        {
            throw new ArgumentException(
                $"Cannot mount at '{path}': the path is not absolute and normalized. Write it without '.', '..', repeated or trailing slashes, such as / or /data.",
                nameof(path)
            );
        }

        Path = path;
        this.open = open;
    }

    /// <summary>The path of the directory in the script's file system, such as <c>/data</c>.</summary>
    public string Path { get; }

    /// <summary>Mounts a folder of the host for reading. Links inside the folder are followed if they stay inside it.</summary>
    /// <param name="folder">An existing folder of the host.</param>
    /// <param name="path">The path in the script's file system. It must be absolute and normalized.</param>
    /// <exception cref="ArgumentException">The folder does not exist, or the path is not absolute and normalized.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not Linux. (On Linux before 5.6, the constructor of <see cref="MontyOs"/> throws it.)</exception>
    public static MontyMount ReadOnly(string folder, string path)
    {
        var full = CheckFolder(folder);
        return new(
            path,
            _ =>
                OperatingSystem.IsLinux()
                    ? new ReadOnlyTree(new HostTree(full, followLinks: true, maxWritten: 0))
                    : throw new PlatformNotSupportedException(NeedsLinux)
        );
    }

    /// <summary>Mounts a folder of the host for reading and writing.</summary>
    /// <param name="folder">An existing folder of the host.</param>
    /// <param name="path">The path in the script's file system. It must be absolute and normalized.</param>
    /// <param name="maxWrittenBytes">The maximum number of bytes that may be written in total, including overwritten bytes and 128 bytes for each new file or folder; or null for no limit. Beyond it, scripts get <c>OSError</c> with "No space left on device".</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    /// <inheritdoc cref="ReadOnly" path="/exception"/>
    public static MontyMount ReadWrite(string folder, string path, long? maxWrittenBytes = null)
    {
        var full = CheckFolder(folder);
        CheckLimit(maxWrittenBytes, nameof(maxWrittenBytes));
        return new(
            path,
            _ =>
                OperatingSystem.IsLinux()
                    ? new HostTree(full, followLinks: true, maxWrittenBytes ?? long.MaxValue)
                    : throw new PlatformNotSupportedException(NeedsLinux)
        );
    }

    /// <summary>Mounts a folder of the host for reading, and keeps all changes in memory. Links in the folder are visible but are not followed.</summary>
    /// <param name="folder">An existing folder of the host. It is never changed.</param>
    /// <param name="path">The path in the script's file system. It must be absolute and normalized.</param>
    /// <param name="maxBytes">The maximum number of bytes in memory. A changed file counts with its full size, and each entry counts 128 bytes more. Default: 64 MiB.</param>
    /// <inheritdoc cref="ReadWrite" path="/exception"/>
    public static MontyMount Overlay(string folder, string path, long maxBytes = 64L << 20)
    {
        var full = CheckFolder(folder);
        CheckLimit(maxBytes, nameof(maxBytes));
        return new(
            path,
            now =>
                OperatingSystem.IsLinux()
                    ? new OverlayTree(new HostTree(full, followLinks: false, maxWritten: 0), new MemoryTree(maxBytes, now))
                    : throw new PlatformNotSupportedException(NeedsLinux)
        );
    }

    /// <summary>Mounts a directory whose files are held in memory. Available on all platforms.</summary>
    /// <param name="path">The path in the script's file system. It must be absolute and normalized.</param>
    /// <param name="files">The initial files: paths relative to the mount, such as <c>sub/a.txt</c>, and contents. Null for none.</param>
    /// <param name="maxBytes">The maximum number of bytes in memory. Each entry counts 128 bytes more than its content. Default: 64 MiB.</param>
    /// <exception cref="ArgumentException">The path is not absolute and normalized; a file's path is not relative and normalized, or is below another file; or the files exceed the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public static MontyMount InMemory(
        string path,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? files = null,
        long maxBytes = 64L << 20
    )
    {
        CheckLimit(maxBytes, nameof(maxBytes));
        var mount = new MontyMount(path, now => AddFiles(new MemoryTree(maxBytes, now), files));
        mount.Open(static () => 0).Dispose(); // Throws when the files are not valid.
        return mount;
    }

    internal FileTree Open(Func<double> now) => open(now);

    private static MemoryTree AddFiles(MemoryTree tree, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? files)
    {
        foreach (var (path, content) in files ?? new Dictionary<string, ReadOnlyMemory<byte>>())
        {
            if (!VirtualPath.IsNormal("/" + path) || path.Length == 0)
            {
                throw new ArgumentException(
                    $"Cannot add the file '{path}' to the mount: its path is not relative and normalized. Write it without '.' and '..', such as sub/a.txt.",
                    nameof(files)
                );
            }

            var names = path.Split('/');
            try
            {
                for (var length = 1; length < names.Length; length++)
                {
                    if (tree.Find(names.AsSpan(0, length)) is null)
                    {
                        tree.MakeDirectory(names.AsSpan(0, length));
                    }
                }

                tree.Write(names, new FileContent(content), truncate: true);
            }
            catch (FileError error)
            {
                throw new ArgumentException(
                    $"Cannot add the file '{path}' to the mount: {OsError.Create(error.Errno, path).Message}.",
                    nameof(files)
                );
            }
        }

        return tree;
    }

    private static string CheckFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(NeedsLinux);
        }

        if (Directory.Exists(folder))
        {
            return System.IO.Path.GetFullPath(folder);
        }

        throw new ArgumentException(
            File.Exists(folder)
                ? $"Cannot mount '{folder}': it is a file. Pass the folder that contains it."
                : $"Cannot mount '{folder}': the folder does not exist. Create it first, or correct the path.",
            nameof(folder)
        );
    }

    private static void CheckLimit(long? limit, string name)
    {
        if (limit < 0)
        {
            throw new ArgumentOutOfRangeException(name, limit, "The limit is negative. Pass the maximum number of bytes for the mount.");
        }
    }
}
