namespace Monty.Actors.Sqlite;

/// <summary>A lock that one process at a time holds on a database, and that the system releases when the process ends, however it ends.</summary>
/// <remarks>Not thread-safe.</remarks>
internal interface IFileLock : IDisposable
{
    /// <summary>Takes the lock; false when another process has it.</summary>
    /// <exception cref="SessionStoreException">The file system has no locks, or the process may not write there.</exception>
    bool TryTake();

    /// <summary>Releases the lock.</summary>
    void Release();
}
