using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Load;

/// <summary>Opens a journal by the name of its store.</summary>
internal static class Stores
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
    public const string Memory = "memory";

    /// <param name="store">The name of the store.</param>
    /// <param name="location">The path of the file, or the connection string.</param>
    public static async Task<IJournal> OpenAsync(string store, string location) =>
        store switch
        {
            Sqlite => await SqliteJournal.OpenAsync(location),
            Postgres => await PostgreSqlJournal.OpenAsync(
                new PostgreSqlJournalOptions { ConnectionString = location, KeepAlive = TimeSpan.FromSeconds(1) }
            ),
            Memory => new MemoryJournal(),
            _ => throw new FormatException($"Unknown store '{store}'. Use {Sqlite}, {Postgres} or {Memory}."),
        };
}
