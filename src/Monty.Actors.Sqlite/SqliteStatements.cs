using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Monty.Actors.Persistence.Sql;
using SQLitePCL;

namespace Monty.Actors.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteStatements : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public static SqlFiles Files { get; } = new(typeof(SqliteStatements).Assembly);
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> commands = [];

    private SqliteStatements(SqliteConnection connection) => this.connection = connection;

    /// <summary>Returns a prepared statement of <c>Sql/</c>.</summary>
    public DbCommand this[string name] => Prepared(name, Files[name]);

    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
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

    /// <summary>Begins a transaction that holds the write lock of the database. Waits while another process writes.</summary>
    /// <remarks>
    /// SQLite's own wait tries only ten times a second. It would fail against a process that writes continuously, because the lock is then free only for
    /// microseconds.
    /// </remarks>
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
            wait.SpinOnce(); // sleeps for a millisecond after some iterations
        }

        raw.sqlite3_busy_timeout(connection.Handle, (int)LongestWait.TotalMilliseconds);
        SqliteException.ThrowExceptionForRC(code, connection.Handle);
    }

    /// <summary>Runs SQL without reading a result.</summary>
    public void Execute(string sql) => Prepared(sql, sql).ExecuteNonQuery();

    /// <summary>Migrates the tables to the newest schema. Always writes to the database, so that a read-only database is detected.</summary>
    /// <exception cref="SessionStoreException">The tables were created by a newer version of this library.</exception>
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
#pragma warning disable CA2100 // The text is an embedded file or a constant of this assembly.
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
