using LinqToDB;
using LinqToDB.Data;
using Monty.Actors.Persistence;
using Monty.Actors.Sqlite;

namespace Monty.Actors.Sql;

/// <summary>
/// Stores sessions in a database through Akka.Persistence.Sql, for SQL Server and MySQL, and for SQLite and PostgreSQL databases that other programs read in
/// its layout. One process at a time uses the database.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Only one engine at a time owns the store. On SQLite, a second engine throws <see cref="StoreOwnedException"/>. On a server, it waits for
/// the first one.</para>
/// <para>The store cannot fence a change by its epoch in the transaction of the append: an engine that has lost the store, and was paused between the check
/// and the append, may still store one commit. The unique key of session and sequence number refuses the change if the new owner has already written to the
/// session.</para>
/// <para>After a database was moved between this store and another one, call <see cref="MontyEngine.ReindexAsync"/>.</para>
/// </remarks>
public sealed class SqlSessionStore : SessionStore
{
    private readonly SqlSessionStoreOptions options;
    private readonly SqlDialect dialect;
    private readonly DataOptions tables;
    private readonly SqlPlugins plugins;
    private readonly SqlWriter writer;
    private readonly SqliteFile? file;
    private int isDisposed;

    private SqlSessionStore(SqlSessionStoreOptions options, SqlDialect dialect, DataOptions connection, DataOptions tables)
        : base(options)
    {
        this.options = options;
        this.dialect = dialect;
        this.tables = tables;
        file = options.Database == SqlDatabase.Sqlite ? SqliteFile.Open(SqlDialect.FileOf(options)) : null;
        plugins = new SqlPlugins(dialect, connection);
        writer = new SqlWriter(plugins, Open);
    }

    /// <summary>Opens a store. Creates its tables if they do not exist, and migrates them to the newest schema.</summary>
    /// <param name="options">The database and the limits of the store.</param>
    /// <param name="cancellationToken">Stops waiting for a thread. An opening that has started is not interrupted.</param>
    /// <exception cref="SessionStoreException">The database cannot be reached or written to, its driver is missing, or its tables are newer.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the connection string is missing or invalid.</exception>
    public static Task<SqlSessionStore> OpenAsync(SqlSessionStoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ConnectionString, nameof(options));
        SqlSchema.CheckName(options.Schema);
        var dialect = SqlDialect.For(options);
        var connection = new DataOptions().UseConnectionString(dialect.Provider, SqlDialect.ConnectionString(options));
        var tables = connection.UseMappingSchema(SqlTables.Map(options.Database));
        if (options.Database == SqlDatabase.Sqlite)
        {
            SqlDialect.FileOf(options); // checks the connection string
        }

        return Task.Run(() => Open(options, dialect, connection, tables), cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            await plugins.DisposeAsync().ConfigureAwait(false);
            file?.Dispose();
        }
    }

    internal override Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken) =>
        RunAsync<StoreOwnership>(
            "Claiming the store",
            async db =>
                file is not null
                    ? SqlOwnership.Take(file, db, holder)
                    : await SqlOwnership.TakeAsync(OpenLock(), dialect, db, holder, cancellationToken).ConfigureAwait(false),
            cancellationToken
        );

    internal override void Write(IReadOnlyList<ChangeWrite> writes) => writer.Write(writes);

    internal override void Settle(SessionEntry entry) => writer.Settle(entry);

    internal override Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken) =>
        RunAsync(
            "Writing the index",
            _ =>
            {
                writer.Replace(entry);
                return Task.FromResult(0);
            },
            cancellationToken
        );

    internal override Task RemoveOrphansAsync(CancellationToken cancellationToken) =>
        RunAsync("Writing the index", db => SqlIndex.RemoveOrphansAsync(db, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken) =>
        ReadAsync(db => SqlHistory.ListPersistenceIdsAsync(db, after, max, cancellationToken), cancellationToken);

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        ReadAsync(db => SqlHistory.FindHighestAsync(db, persistenceId, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            db => SqlHistory.ReadPageAsync(db, persistenceId, (from, to), max, options.MaxRowBytes, cancellationToken),
            cancellationToken
        );

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken) =>
        RunAsync(
            "Saving a snapshot",
            async db =>
            {
                if (await SqlHistory.ExistsAsync(db, persistenceId, snapshot.SequenceNumber, cancellationToken).ConfigureAwait(false))
                {
                    await plugins.SaveSnapshotAsync(persistenceId, snapshot).ConfigureAwait(false);
                    await SqlHistory
                        .TrimSnapshotsAsync(db, persistenceId, snapshot.SequenceNumber, cancellationToken)
                        .ConfigureAwait(false);
                }

                return 0;
            },
            cancellationToken
        );

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        ReadAsync(
            db => SqlHistory.FindSnapshotAsync(db, persistenceId, upTo, options.MaxSnapshotBytes, cancellationToken),
            cancellationToken
        );

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        RunAsync(
            "Deleting snapshots",
            db => SqlHistory.DeleteSnapshotsAsync(db, persistenceId, upTo, cancellationToken),
            cancellationToken
        );

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        ReadAsync(db => SqlListings.FindAsync(db, PersistenceIds.For(session), cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        query.Check();
        return ReadAsync(db => SqlListings.ListAsync(db, query, cancellationToken), cancellationToken);
    }

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    ) => ReadAsync(db => SqlListings.ListDueAsync(db, until, after, max, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
        ReadAsync(db => SqlListings.ListActiveAsync(db, after, max, cancellationToken), cancellationToken);

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return RunAsync("A purge of the store", db => SqlIndex.PurgeAsync(db, unchangedSince, max, cancellationToken), cancellationToken);
    }

    private static SqlSessionStore Open(SqlSessionStoreOptions options, SqlDialect dialect, DataOptions connection, DataOptions tables)
    {
        try
        {
            using (var db = new SqlTables(tables))
            {
                SqlSchema.Migrate(db, dialect, options);
            }

            return new SqlSessionStore(options, dialect, connection, tables);
        }
#pragma warning disable CA1031 // Each driver has exceptions of its own, and linq2db throws others if the driver is missing.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw SqlErrors.Explain("Opening the store", failure);
        }
    }

    private SqlTables Open() => new(tables);

    private DataConnection OpenLock() =>
        new(new DataOptions().UseConnectionString(dialect.Provider, SqlDialect.LockConnectionString(options)));

    private Task<T> ReadAsync<T>(Func<SqlTables, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync("A read of the store", read, cancellationToken);

    /// <summary>Runs on a thread of the thread pool, because SQLite blocks.</summary>
    private async Task<T> RunAsync<T>(string what, Func<SqlTables, Task<T>> run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(isDisposed != 0, this);
        try
        {
            return await Task.Run(
                    async () =>
                    {
                        var db = Open();
                        await using (db.ConfigureAwait(false))
                        {
                            return await run(db).ConfigureAwait(false);
                        }
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Each driver and plug-in has exceptions of its own. All of them are failures of the store.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw SqlErrors.Explain(what, failure);
        }
    }
}
