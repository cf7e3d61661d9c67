using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sql;
using Monty.Actors.Sqlite;

namespace Monty.Load;

/// <summary>Opens a store by its name.</summary>
internal static class Stores
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
    public const string SqlSqlite = "sql-sqlite";
    public const string SqlPostgres = "sql-postgres";
    public const string Memory = "memory";

    /// <summary>Returns true if the store is on a PostgreSQL server.</summary>
    public static bool NeedsServer(string store) => store is Postgres or SqlPostgres;

    /// <param name="store">The name of the store.</param>
    /// <param name="location">The path of the file, or the connection string.</param>
    public static async Task<SessionStore> OpenAsync(string store, string location) =>
        store switch
        {
            Sqlite => await SqliteStore.OpenAsync(location),
            Postgres => await PostgreSqlStore.OpenAsync(
                new PostgreSqlStoreOptions { ConnectionString = location, KeepAlive = TimeSpan.FromSeconds(1) }
            ),
            SqlSqlite => await SqlSessionStore.OpenAsync(
                new SqlSessionStoreOptions { Database = SqlDatabase.Sqlite, ConnectionString = $"Data Source={location}" }
            ),
            SqlPostgres => await SqlSessionStore.OpenAsync(
                new SqlSessionStoreOptions { Database = SqlDatabase.PostgreSql, ConnectionString = location }
            ),
            Memory => new MemoryStore(),
            _ => throw new FormatException($"Unknown store '{store}'. Use {Sqlite}, {Postgres}, {SqlSqlite}, {SqlPostgres} or {Memory}."),
        };
}
