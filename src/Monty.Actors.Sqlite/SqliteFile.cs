namespace Monty.Actors.Sqlite;

/// <summary>A database file by its real path, shared by all stores of the process that are open on it, and the lock by which one engine owns it.</summary>
/// <remarks>
/// Thread-safe. POSIX ends all locks of a process on a file when the process closes any descriptor of it, and SQLite's own locks are of that kind. The descriptor that
/// carries our lock is therefore opened once, and closed when the last store of the process on the file is.
/// </remarks>
internal sealed class SqliteFile : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, SqliteFile> Opened = new(StringComparer.Ordinal);
    private readonly IFileLock ownership;
    private int users;
    private bool isOwned;

    private SqliteFile(string path)
    {
        Path = path;
        ownership = DatabaseFileLock.TryOpen(path) ?? (IFileLock)new SeparateFileLock(path + ".lock");
    }

    /// <summary>The file, with all symbolic links resolved.</summary>
    public string Path { get; }

    /// <summary>Opens a file that exists, for one store. Disposing it once for each time closes it.</summary>
    /// <exception cref="SessionStoreException">The process may not write to the file.</exception>
    public static SqliteFile Open(string path)
    {
        var realPath = RealPath(path);
        lock (Gate)
        {
            if (!Opened.TryGetValue(realPath, out var file))
            {
                file = new SqliteFile(realPath);
                Opened.Add(realPath, file);
            }

            file.users++;
            return file;
        }
    }

    /// <summary>Makes the caller the owner of the file, in this and in all other processes; null when there is one. Disposing the result gives it up.</summary>
    /// <exception cref="SessionStoreException">The file system has no locks.</exception>
    public IDisposable? TryOwn()
    {
        lock (Gate)
        {
            if (isOwned || !ownership.TryTake())
            {
                return null;
            }

            isOwned = true;
            users++;
            return new Owner(this);
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--users == 0)
            {
                Opened.Remove(Path);
                ownership.Dispose();
            }
        }
    }

    private static string RealPath(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (System.IO.Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        var entry = System.IO.Path.Combine(RealPath(folder), System.IO.Path.GetFileName(full));
        return File.ResolveLinkTarget(entry, returnFinalTarget: true) is { } target ? RealPath(target.FullName) : entry;
    }

    private void GiveUp()
    {
        lock (Gate)
        {
            ownership.Release();
            isOwned = false;
        }

        Dispose();
    }

    private sealed class Owner(SqliteFile file) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0)
            {
                file.GiveUp();
            }
        }
    }
}
