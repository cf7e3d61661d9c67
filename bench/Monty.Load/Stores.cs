using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Load;

/// <summary>Opens a store by its name.</summary>
internal static class Stores
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
    public const string Memory = "memory";

    /// <param name="store">Its kind.</param>
    /// <param name="place">The file, or how to connect.</param>
    public static async Task<SessionStore> OpenAsync(string store, string place) =>
        store switch
        {
            Sqlite => await SqliteStore.OpenAsync(place),
            Postgres => await PostgreSqlStore.OpenAsync(
                new PostgreSqlStoreOptions { ConnectionString = place, KeepAlive = TimeSpan.FromSeconds(1) }
            ),
            Memory => new MemoryStore(),
            _ => throw new FormatException($"There is no store '{store}'."),
        };
}
