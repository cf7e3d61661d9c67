namespace Monty.Actors.Sqlite;

/// <summary>Where the database is and how it is used.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SqliteJournalOptions : JournalOptions
{
    /// <summary>The database file. It is created when it is not there; its folder must exist, on a local disk. Beside it stand its <c>-wal</c>, <c>-shm</c> and <c>.lock</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Connections that read at once, besides the one that writes. Default: 4.</summary>
    public int MaxReaders { get; init; } = 4;
}
