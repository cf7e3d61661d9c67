using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Monty.Actors.Persistence.Sql;
using SQLitePCL;

namespace Monty.Actors.Sqlite;

/// <summary>One connection and the statements that were prepared on it. For one thread at a time.</summary>
internal sealed class SqliteStatements : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public static SqlFiles Files { get; } = new(typeof(SqliteStatements).Assembly);
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> commands = [];

    private SqliteStatements(SqliteConnection connection) => this.connection = connection;

    /// <summary>A statement of <c>Sql/</c>.</summary>
    public DbCommand this[string name] => Prepared(name, Files[name]);

    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public static SqliteStatements Open(string path, bool writes)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = writes ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        };
        var statements = new SqliteStatements(new SqliteConnection(text.ToString()));
        try
        {
            statements.connection.Open();
            raw.sqlite3_busy_timeout(statements.connection.Handle, (int)LongestWait.TotalMilliseconds); // the driver's own wait sleeps for 150 ms at a time
            statements.Execute("PRAGMA trusted_schema = OFF");
            if (writes)
            {
                statements.Execute("PRAGMA journal_mode = WAL");
                statements.Execute("PRAGMA synchronous = FULL");
                statements.Execute("PRAGMA journal_size_limit = 67108864");
                statements.Execute("PRAGMA cache_size = -32768"); // KiB
            }
            else
            {
                statements.Execute("PRAGMA query_only = ON");
            }

            return statements;
        }
        catch
        {
            statements.Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction that holds the database's writing lock, waiting for another process that writes.</summary>
    /// <remarks>SQLite's own wait looks ten times a second. Against a process that writes without a pause it would fail: the lock is free for microseconds only.</remarks>
    /// <exception cref="SqliteException">The lock was not free within <see cref="LongestWait"/>.</exception>
    public void Begin()
    {
        var started = Stopwatch.GetTimestamp();
        var wait = new SpinWait();
        raw.sqlite3_busy_timeout(connection.Handle, 0);
        int code;
        while (
            (code = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE")) == raw.SQLITE_BUSY
            && Stopwatch.GetElapsedTime(started) < LongestWait
        )
        {
            wait.SpinOnce(); // after some turns it sleeps for a millisecond
        }

        raw.sqlite3_busy_timeout(connection.Handle, (int)LongestWait.TotalMilliseconds);
        SqliteException.ThrowExceptionForRC(code, connection.Handle);
    }

    /// <summary>Runs SQL that returns nothing of interest.</summary>
    public void Execute(string sql) => Prepared(sql, sql).ExecuteNonQuery();

    /// <summary>Brings the tables to the newest schema, or finds that they have it; either way it proves that the database can be written to.</summary>
    /// <exception cref="SessionStoreException">The tables are of a newer version of this library.</exception>
    public void Migrate()
    {
        Execute("BEGIN IMMEDIATE");
        Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY) STRICT");
        var version = (long)Prepared("schema", "SELECT coalesce(max(version), 0) FROM schema_version").ExecuteScalar()!;
        foreach (var migration in Files.Since(version))
        {
            using var command = CreateCommand(migration.Sql);
            command.ExecuteNonQuery();
            Prepared("schema_done", "INSERT INTO schema_version (version) VALUES (@version)")
                .Set("version", migration.Number)
                .ExecuteNonQuery();
        }

        Execute("COMMIT");
    }

    public SqliteCommand CreateCommand(string sql)
    {
#pragma warning disable CA2100 // The text is a file or a constant of this assembly.
        return new SqliteCommand(sql, connection);
#pragma warning restore CA2100
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepared(string name, string sql)
    {
        if (commands.TryGetValue(name, out var command))
        {
            return command;
        }

        command = CreateCommand(sql);
        commands.Add(name, command);
        return command;
    }
}
