namespace Monty.Actors.Sqlite;

/// <summary>The limits of a SQLite store and the number of its connections.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SqliteStoreOptions : SessionStoreOptions
{
    /// <summary>The number of connections for reading, in addition to the one that writes. At least 1. Default: 4.</summary>
    public int MaxReaders { get; init; } = 4;
}
