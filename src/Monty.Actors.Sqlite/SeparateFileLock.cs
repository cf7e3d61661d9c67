namespace Monty.Actors.Sqlite;

/// <summary>A lock on a file next to the database, for systems that cannot lock a byte of the database itself.</summary>
/// <remarks>The lock file remains when the lock is released. Deleting it while an engine runs would allow a second engine to start.</remarks>
internal sealed class SeparateFileLock(string path) : IFileLock
{
    private FileStream? file;

    public bool TryTake()
    {
        var taken = TryOpen();
        if (taken is null)
        {
            return false;
        }

        using var second = TryOpen();
        if (second is null)
        {
            file = taken;
            return true;
        }

        taken.Dispose();
        throw new SessionStoreException(
            "Claiming the store failed: its file system does not lock files. Move the database to a local disk."
        );
    }

    public void Release()
    {
        file?.Dispose();
        file = null;
    }

    public void Dispose() => Release();

    private FileStream? TryOpen()
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SessionStoreException(
                "Claiming the store failed: its lock file cannot be written. Give the process write permission for the database's folder.",
                exception
            );
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
        {
            return null;
        }
    }
}
