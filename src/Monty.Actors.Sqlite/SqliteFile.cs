namespace Monty.Actors.Sqlite;

/// <summary>A database file, identified by its real path and shared by all open stores of the process, with the lock by which one engine owns it.</summary>
/// <remarks>
/// Thread-safe. POSIX ends all locks of a process on a file when the process closes any descriptor of the file, and SQLite uses such locks. The descriptor
/// with the ownership lock is therefore opened once, and closed together with the last store of the process that uses the file.
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

    /// <summary>The path of the file, with all symbolic links resolved.</summary>
    public string Path { get; }

    /// <summary>Opens an existing file for one store. It is closed after it was disposed once for each call.</summary>
    /// <exception cref="SessionStoreException">The process does not have permission to write to the file.</exception>
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

    /// <summary>
    /// Makes the caller the owner of the file among all processes. Returns null if the file has an owner. Dispose the result to release the file.
    /// </summary>
    /// <exception cref="SessionStoreException">The file system does not support locks.</exception>
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
