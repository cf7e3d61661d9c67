using System.Data.Common;
using LinqToDB;

namespace Monty.Actors.Sql;

/// <summary>The differences between the databases: the names of drivers and types, and the lock by which one engine owns a store.</summary>
internal sealed record SqlDialect
{
    /// <summary>The name of the provider, for linq2db and Akka.Persistence.Sql.</summary>
    public required string Provider { get; init; }

    /// <summary>The folder of the embedded migrations that create the journal, the snapshots and the claim.</summary>
    public required string Folder { get; init; }

    /// <summary>The types of columns, by their names in the migrations.</summary>
    public required IReadOnlyDictionary<string, string> Types { get; init; }

    /// <summary>
    /// A query that takes the lock on a server for its connection, and returns 1, or 0 if another connection has it. Null for SQLite, which uses a file lock.
    /// </summary>
    public string? TryLock { get; init; }

    /// <summary>A query that returns the cluster that the store belongs to, or an empty text. Null if the tables do not support clusters.</summary>
    public string? FindCluster { get; init; }

    /// <summary>True if Akka.Persistence.Sql creates the tables journal and snapshot, and false if the migrations do.</summary>
    public bool PluginCreatesTables { get; init; }

    public static SqlDialect For(SqlSessionStoreOptions options) =>
        options.Database switch
        {
            SqlDatabase.Sqlite => new SqlDialect
            {
                Provider = ProviderName.SQLiteMS,
                Folder = "Sqlite/",
                Types = TypesOf(key: "TEXT", id: "TEXT", tag: "TEXT", text: "TEXT", flag: "INTEGER"),
            },
            SqlDatabase.PostgreSql => new SqlDialect
            {
                Provider = ProviderName.PostgreSQL15,
                Folder = "PostgreSql/",
                Types = TypesOf(
                    key: "varchar(255) COLLATE \"C\"",
                    id: "varchar(128) COLLATE \"C\"",
                    tag: "varchar(128) COLLATE \"C\"",
                    text: "text",
                    flag: "boolean"
                ),
                TryLock = $"SELECT pg_try_advisory_lock(1296979033, hashtext('{options.Schema}'))::int", // the lock of PostgreSqlStore
                FindCluster = "SELECT cluster FROM store WHERE store_key = 1",
            },
            SqlDatabase.SqlServer => new SqlDialect
            {
                Provider = ProviderName.SqlServer2019,
                Folder = "Server/",
                Types = TypesOf(
                    key: "nvarchar(255) COLLATE Latin1_General_100_BIN2",
                    id: "nvarchar(128) COLLATE Latin1_General_100_BIN2",
                    tag: "nvarchar(128) COLLATE Latin1_General_100_BIN2",
                    text: "nvarchar(max)",
                    flag: "bit"
                ),
                TryLock =
                    "DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'monty', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; SELECT CASE WHEN @r >= 0 THEN 1 ELSE 0 END",
                PluginCreatesTables = true,
            },
            SqlDatabase.MySql => new SqlDialect
            {
                Provider = ProviderName.MySql80MySqlConnector,
                Folder = "Server/",
                Types = TypesOf(
                    key: "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    id: "varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    tag: "varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    text: "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    flag: "tinyint(1)"
                ),
                TryLock = "SELECT GET_LOCK(CONCAT('monty.', DATABASE()), 0)",
                PluginCreatesTables = true,
            },
            _ => throw new ArgumentException($"The database {options.Database} is unknown. Use a member of SqlDatabase.", nameof(options)),
        };

    /// <summary>Returns the connection string for the tables of the store.</summary>
    public static string ConnectionString(SqlSessionStoreOptions options)
    {
        var text = Parse(options);
        if (options.Database == SqlDatabase.PostgreSql)
        {
            text["Search Path"] = options.Schema;
        }

        return text.ConnectionString;
    }

    /// <summary>Returns the connection string for a connection that holds the lock. It is not pooled, so that closing it releases the lock.</summary>
    public static string LockConnectionString(SqlSessionStoreOptions options)
    {
        var text = Parse(options);
        text["Pooling"] = false;
        return text.ConnectionString;
    }

    /// <summary>Returns the file of a SQLite database.</summary>
    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static string FileOf(SqlSessionStoreOptions options)
    {
        var text = Parse(options);
        foreach (var key in (string[])["Data Source", "DataSource", "Filename"])
        {
            if (text.TryGetValue(key, out var value) && value is string { Length: > 0 } path && path[0] != ':')
            {
                return Path.GetFullPath(path);
            }
        }

        throw new ArgumentException("The connection string names no file. Add Data Source=PATH.", nameof(options));
    }

    private static DbConnectionStringBuilder Parse(SqlSessionStoreOptions options)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = options.ConnectionString };
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                "The connection string is missing or invalid. Use the format of the database's driver.",
                nameof(options)
            );
        }
    }

    private static Dictionary<string, string> TypesOf(string key, string id, string tag, string text, string flag) =>
        new()
        {
            ["key"] = key,
            ["id"] = id,
            ["tag"] = tag,
            ["text"] = text,
            ["flag"] = flag,
        };
}
