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

    /// <param name="store">Its kind.</param>
    /// <param name="place">The file, or how to connect.</param>
    public static async Task<IJournal> OpenAsync(string store, string place) =>
        store switch
        {
            Sqlite => await SqliteJournal.OpenAsync(place),
            Postgres => await PostgreSqlJournal.OpenAsync(
                new PostgreSqlJournalOptions { ConnectionString = place, KeepAlive = TimeSpan.FromSeconds(1) }
            ),
            Memory => new MemoryJournal(),
            _ => throw new FormatException($"There is no store '{store}'."),
        };
}
