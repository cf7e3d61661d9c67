using Microsoft.Data.Sqlite;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>Stores sessions in a SQLite file, for engines on one machine. Every commit is on the disk before it is acknowledged.</summary>
/// <remarks>
/// <para>Thread-safe. A file can be opened several times, also by several processes, but only one engine at a time owns it. A second engine throws
/// <see cref="StoreOwnedException"/> instead of waiting. The ownership is a file lock, which the system releases when the process ends.</para>
/// <para>Dispose the store after the engine.</para>
/// </remarks>
public sealed class SqliteStore : SessionStore
{
    private readonly SqliteFile file;
    private readonly SqliteReaders readers;
    private readonly SqliteWriter writer;
    private int isDisposed;

    private SqliteStore(SqliteFile file, SqliteStoreOptions options)
        : base(options)
    {
        this.file = file;
        readers = new SqliteReaders(file.Path, options);
        writer = new SqliteWriter(file.Path);
    }

    /// <summary>Opens a store. Creates the file if it does not exist, and migrates its tables to the newest schema.</summary>
    /// <param name="path">
    /// The database file. Its folder must exist and be on a local disk. SQLite adds a <c>-wal</c> and a <c>-shm</c> file next to it.
    /// </param>
    /// <param name="options">The limits of the store, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting for a thread. An opening that has started is not interrupted.</param>
    /// <exception cref="SessionStoreException">The file cannot be opened or written to, is not a database, or has tables of a newer version.</exception>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    public static Task<SqliteStore> OpenAsync(
        string path,
        SqliteStoreOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new SqliteStoreOptions();
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxReaders, 1);
        return Task.Run(() => Open(Path.GetFullPath(path), options), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            writer.Dispose();
            readers.Dispose();
            file.Dispose(); // last, because closing the file ends the locks that SQLite has on it in this process
        }

        return ValueTask.CompletedTask;
    }

    internal override async Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken)
    {
        if (file.TryOwn() is not { } owner)
        {
            var other = await readers.RunAsync(reads => reads.FindHolderAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            throw new StoreOwnedException(
                $"Claiming the store failed: another engine uses it ({other}). Stop that engine first, or use another store.",
                other
            );
        }

        try
        {
            var epoch = await RunAsync("Claiming the store", statements => SqliteWrite.Claim(holder, statements), cancellationToken)
                .ConfigureAwait(false);
            return new SqliteOwnership(owner, epoch);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    internal override void Write(IReadOnlyList<ChangeWrite> writes) =>
        writer.Run(
            "A commit to the store",
            statements =>
            {
                SqliteWrite.Run(writes, statements);
                return true;
            }
        );

    internal override Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken) =>
        RunAsync(
            "Writing the index",
            statements =>
            {
                SqliteWrite.ReplaceEntry(entry, statements);
                return true;
            },
            cancellationToken
        );

    internal override Task RemoveOrphansAsync(CancellationToken cancellationToken) =>
        RunAsync("Writing the index", statements => statements["remove_orphans"].ExecuteNonQuery(), cancellationToken);

    internal override Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken) =>
        readers.RunAsync(reads => reads.ListPersistenceIdsAsync(after, max, cancellationToken), cancellationToken);

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        readers.RunAsync(reads => reads.FindHighestAsync(persistenceId, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) => readers.RunAsync(reads => reads.ReadPageAsync(persistenceId, from, to, max, cancellationToken), cancellationToken);

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken) =>
        RunAsync(
            "Saving a snapshot",
            statements =>
            {
                statements["save_snapshot"].SetSnapshot(persistenceId, snapshot).ExecuteNonQuery();
                return statements["trim_snapshots"].Set("persistence_id", persistenceId).ExecuteNonQuery();
            },
            cancellationToken
        );

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        readers.RunAsync(reads => reads.FindSnapshotAsync(persistenceId, upTo, cancellationToken), cancellationToken);

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        RunAsync(
            "Deleting snapshots",
            statements => statements["delete_snapshots"].Set("persistence_id", persistenceId).Set("up_to", upTo).ExecuteNonQuery(),
            cancellationToken
        );

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        readers.RunAsync(reads => reads.FindAsync(session, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        query.Check();
        return readers.RunAsync(reads => reads.ListAsync(query, cancellationToken), cancellationToken);
    }

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    ) => readers.RunAsync(reads => reads.ListDueAsync(until, after, max, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
        readers.RunAsync(reads => reads.ListActiveAsync(after, max, cancellationToken), cancellationToken);

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return RunAsync("A purge of the store", statements => Purge(statements, unchangedSince, max), cancellationToken);
    }

    private static SqliteStore Open(string path, SqliteStoreOptions options)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new SessionStoreException(
                "Opening the store failed: the folder of its database does not exist. Create the folder, or use another path."
            );
        }

        try
        {
            using var statements = SqliteStatements.Open(path, writes: true);
            statements.Migrate();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain("Opening the store", exception);
        }

        return new SqliteStore(SqliteFile.Open(path), options);
    }

    private static int Purge(SqliteStatements statements, DateTimeOffset unchangedSince, int max)
    {
        using var purged = statements["purge_sessions"]
            .Set("unchanged_since_us", Microseconds.From(unchangedSince))
            .Set("max", max)
            .ExecuteReader();
        var count = 0;
        while (purged.Read())
        {
            count++;
        }

        return count;
    }

    /// <summary>Runs a write on a thread of the thread pool, because SQLite blocks.</summary>
    private Task<T> RunAsync<T>(string what, Func<SqliteStatements, T> write, CancellationToken cancellationToken) =>
        Task.Run(() => writer.Run(what, write), cancellationToken);
}
