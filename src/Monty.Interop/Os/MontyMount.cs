using Monty.Interop.Os;

namespace Monty.Interop;

/// <summary>A place in a script's file system, and what stands behind it.</summary>
/// <remarks>
/// Immutable and thread-safe; the files belong to the <see cref="MontyOs"/> that is made of it. Nothing outside a folder can be reached through it: neither by
/// <c>..</c> nor by links, also not by links that are made or changed while the script runs (docs/how-to/files.md).
/// </remarks>
public sealed class MontyMount
{
    private const string NotHere =
        "Mounts of folders need Linux, as they hold on to descriptors (openat2). Use MontyMount.InMemory, or answer the calls yourself in FeedOptions.OnOsCall.";
    private readonly Func<Func<double>, FileTree> open;

    private MontyMount(string path, Func<Func<double>, FileTree> open)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!VirtualPath.IsNormal(path))
        {
            throw new ArgumentException(
                $"'{path}' is no place for a mount. Write an absolute path without '.', '..', doubled or trailing slashes, such as /data; / itself is one.",
                nameof(path)
            );
        }

        Path = path;
        this.open = open;
    }

    /// <summary>Where the script finds it, such as <c>/data</c>.</summary>
    public string Path { get; }

    /// <summary>A folder of the host that can be read. Links inside it are followed where they stay inside.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="path">Where the script finds it: absolute, in normal form.</param>
    /// <exception cref="ArgumentException">There is no such folder, or the path is no place for a mount.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux. (Where Linux is older than 5.6, <see cref="MontyOs"/> throws it.)</exception>
    public static MontyMount ReadOnly(string folder, string path)
    {
        var full = CheckFolder(folder);
        return new(
            path,
            _ =>
                OperatingSystem.IsLinux()
                    ? new ReadOnlyTree(new HostTree(full, followLinks: true, maxWritten: 0))
                    : throw new PlatformNotSupportedException(NotHere)
        );
    }

    /// <summary>A folder of the host that can be read and changed.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="path">Where the script finds it.</param>
    /// <param name="maxWrittenBytes">The most bytes that are written to it altogether, overwritten ones included, and 128 for each file or folder made; past it scripts get <c>OSError</c>, no space left. Null for no limit.</param>
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
                    : throw new PlatformNotSupportedException(NotHere)
        );
    }

    /// <summary>A folder of the host that can be read, with everything written to it held in memory. Links in the folder are seen and not followed.</summary>
    /// <param name="folder">An existing folder, which stays as it is.</param>
    /// <param name="path">Where the script finds it.</param>
    /// <param name="maxBytes">The most bytes held, files that were changed whole; each name counts 128 bytes more. Default: 64 MiB.</param>
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
                    : throw new PlatformNotSupportedException(NotHere)
        );
    }

    /// <summary>A folder in memory, on every platform.</summary>
    /// <param name="path">Where the script finds it.</param>
    /// <param name="files">What is in it at first: paths relative to the mount, such as <c>sub/a.txt</c>, and contents. Null for nothing.</param>
    /// <param name="maxBytes">The most bytes held; each name counts 128 bytes more. Default: 64 MiB.</param>
    /// <exception cref="ArgumentException">The path is no place for a mount, or a file's path is not relative and normal, or is below another file; or the files are over the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public static MontyMount InMemory(
        string path,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? files = null,
        long maxBytes = 64L << 20
    )
    {
        CheckLimit(maxBytes, nameof(maxBytes));
        var mount = new MontyMount(path, now => AddFiles(new MemoryTree(maxBytes, now), files));
        mount.Open(static () => 0).Dispose(); // finds what is wrong with the files
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
                    $"'{path}' is no path of a file in a mount. Write it relative and without '.' and '..', such as sub/a.txt.",
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
                    $"The file '{path}' cannot be put into the mount: {OsError.Create(error.Errno, path).Message}",
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
            throw new PlatformNotSupportedException(NotHere);
        }

        if (Directory.Exists(folder))
        {
            return System.IO.Path.GetFullPath(folder);
        }

        throw new ArgumentException(
            File.Exists(folder)
                ? $"'{folder}' is a file, and a mount is made of a folder. Name the folder that it is in."
                : $"There is no folder '{folder}' to mount. Make it first, or correct the path.",
            nameof(folder)
        );
    }

    private static void CheckLimit(long? limit, string name)
    {
        if (limit < 0)
        {
            throw new ArgumentOutOfRangeException(name, limit, "The limit is negative. Give the most bytes that the mount may take.");
        }
    }
}
