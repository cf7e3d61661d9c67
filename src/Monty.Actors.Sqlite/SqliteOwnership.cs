using Monty.Actors.Journal.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>A lock that the system holds on the file <c>.lock</c> beside the database, and lets go when the process ends, however it ends.</summary>
/// <remarks>The holder's name is in the database, as nobody can read a file that is locked. The lock file stays: deleting it could let two in.</remarks>
internal sealed class SqliteOwnership(FileStream file, long epoch) : JournalOwnership
{
    public override long Epoch => epoch;

    /// <summary>A lock of this kind is never lost.</summary>
    public override CancellationToken Lost => CancellationToken.None;

    /// <summary>The locked file, or null when another one has the lock.</summary>
    /// <exception cref="JournalException">The file cannot be made, or the file system has no locks.</exception>
    public static FileStream? TryLock(string path)
    {
        var file = TryOpen(path);
        if (file is null)
        {
            return null;
        }

        using var second = TryOpen(path);
        if (second is null)
        {
            return file;
        }

        file.Dispose();
        throw new JournalException(
            "The journal's file system does not lock files, so that two engines could use the journal at once. Move it to a local disk."
        );
    }

    public override ValueTask DisposeAsync() => file.DisposeAsync();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new JournalException(
                "The journal's lock file cannot be written. Let the process write to the database's folder.",
                exception
            );
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
        {
            return null;
        }
    }
}
