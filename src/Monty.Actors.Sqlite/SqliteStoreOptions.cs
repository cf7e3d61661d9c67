namespace Monty.Actors.Sqlite;

/// <summary>The limits of a SQLite store, and how it is used.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SqliteStoreOptions : SessionStoreOptions
{
    /// <summary>Connections that read at once, besides the one that writes. Default: 4.</summary>
    public int MaxReaders { get; init; } = 4;
}
