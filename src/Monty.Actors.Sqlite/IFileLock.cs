namespace Monty.Actors.Sqlite;

/// <summary>A lock on a database that one process at a time can hold. The system releases it when the process ends for any reason.</summary>
/// <remarks>Not thread-safe.</remarks>
internal interface IFileLock : IDisposable
{
    /// <summary>Takes the lock. Returns false if another process holds it.</summary>
    /// <exception cref="SessionStoreException">The file system does not support locks, or the process has no write permission.</exception>
    bool TryTake();

    /// <summary>Releases the lock.</summary>
    void Release();
}
