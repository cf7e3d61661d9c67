using System.Data.Common;
using Monty.Actors.Persistence;
using Monty.Actors.Persistence.Sql;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>Stores sessions in PostgreSQL 13 or later. Every commit is on the server's disk before it is acknowledged.</summary>
/// <remarks>
/// <para>Thread-safe. A schema can be opened several times, also by several machines, but only one engine at a time owns it. A second engine waits for the
/// first, so it can serve as a standby.</para>
/// <para>After a lost connection the store reconnects automatically. Calls during the outage throw <see cref="SessionStoreException"/>. If the connection
/// that holds the ownership breaks, the engine stops (<see cref="MontyEngine.Lost"/>).</para>
/// </remarks>
public sealed class PostgreSqlStore : SessionStore
{
    private readonly PostgreSqlStoreOptions options;
    private readonly PostgreSqlConnections connections;
    private readonly PostgreSqlWriter writer;

    private PostgreSqlStore(PostgreSqlStoreOptions options, PostgreSqlConnections connections)
        : base(options)
    {
        this.options = options;
        this.connections = connections;
        writer = new PostgreSqlWriter(connections);
    }

    /// <summary>Opens a store. Creates its schema if it does not exist, and migrates its tables to the newest schema.</summary>
    /// <param name="options">The database and the limits of the store.</param>
    /// <param name="cancellationToken">Stops waiting for the server. The store is not opened then.</param>
    /// <exception cref="SessionStoreException">The server cannot be reached or refuses the connection, or the tables have a newer version.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the connection string is missing or invalid.</exception>
    public static async Task<PostgreSqlStore> OpenAsync(PostgreSqlStoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.KeepAlive, TimeSpan.Zero);
        PostgreSqlSchema.CheckName(options.Schema);
        var connections = new PostgreSqlConnections(options);
        try
        {
            var connection = await connections.OpenSingleAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await PostgreSqlSchema.MigrateAsync(connection, options.Schema, cancellationToken).ConfigureAwait(false);
            }

            return new PostgreSqlStore(options, connections);
        }
        catch (NpgsqlException exception)
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw PostgreSqlErrors.Explain("Opening the store", exception);
        }
        catch
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        writer.Dispose();
        return connections.DisposeAsync();
    }

    internal override async Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken)
    {
        try
        {
            return await PostgreSqlOwnership.TakeAsync(connections, options.Schema, holder, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            throw PostgreSqlErrors.Explain("Claiming the store", exception);
        }
    }

    internal override void Write(IReadOnlyList<ChangeWrite> writes) => writer.Write(writes);

    internal override Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken) =>
        RunAsync("Writing the index", commands => SetEntry(commands("replace_entry"), entry), cancellationToken);

    internal override Task RemoveOrphansAsync(CancellationToken cancellationToken) =>
        RunWithoutLimitAsync("Writing the index", commands => commands("remove_orphans"), cancellationToken);

    internal override Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken) =>
        ReadAsync(reads => reads.ListPersistenceIdsAsync(after, max, cancellationToken), cancellationToken);

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        ReadAsync(reads => reads.FindHighestAsync(persistenceId, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) => ReadAsync(reads => reads.ReadPageAsync(persistenceId, from, to, max, cancellationToken), cancellationToken);

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken) =>
        RunAsync("Saving a snapshot", commands => commands("save_snapshot").SetSnapshot(persistenceId, snapshot), cancellationToken);

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        ReadAsync(reads => reads.FindSnapshotAsync(persistenceId, upTo, cancellationToken), cancellationToken);

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        RunAsync(
            "Deleting snapshots",
            commands => commands("delete_snapshots").Set("persistence_id", persistenceId).Set("up_to", upTo),
            cancellationToken
        );

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        ReadAsync(reads => reads.FindAsync(session, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        query.Check();
        return ReadAsync(reads => reads.ListAsync(query, cancellationToken), cancellationToken);
    }

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    ) => ReadAsync(reads => reads.ListDueAsync(until, after, max, cancellationToken), cancellationToken);

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
        ReadAsync(reads => reads.ListActiveAsync(after, max, cancellationToken), cancellationToken);

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return RunWithoutLimitAsync(
            "A purge of the store",
            commands => commands("purge_sessions").Set("unchanged_since_us", Microseconds.From(unchangedSince)).Set("max", max),
            cancellationToken
        );
    }

    private static DbCommand SetEntry(DbCommand command, SessionEntry entry)
    {
        var changed = Microseconds.From(entry.Summary.ChangedAt);
        return command
            .Set(entry.Session)
            .Set("persistence_id", PersistenceIds.For(entry.Session))
            .Set("version", entry.Version)
            .Set("status", (short)entry.Summary.Status)
            .Set("is_active", entry.Summary.IsActive)
            .Set("created_us", Microseconds.From(entry.Summary.CreatedAt))
            .Set("changed_us", changed)
            .Set("due_us", entry.Summary.DueAt is { } due ? Microseconds.From(due) : (long?)null)
            .Set("closed_us", entry.Summary.Status == SessionStatus.Closed ? changed : (long?)null)
            .Set("waiting_on", TagColumn.Write(entry.Summary.WaitingOn))
            .Set("labels", TagColumn.Write(entry.Summary.Labels));
    }

    private Task<int> RunWithoutLimitAsync(
        string what,
        Func<Func<string, DbCommand>, DbCommand> command,
        CancellationToken cancellationToken
    ) =>
        connections.RunAsync(
            what,
            async commands =>
            {
                await commands("wait_without_limit").ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false); // applies until the connection is returned to the pool
                var run = command(commands);
                run.CommandTimeout = 0;
                return await run.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken
        );

    private Task<int> RunAsync(string what, Func<Func<string, DbCommand>, DbCommand> command, CancellationToken cancellationToken) =>
        connections.RunAsync(what, commands => command(commands).ExecuteNonQueryAsync(cancellationToken), cancellationToken);

    private Task<T> ReadAsync<T>(Func<SqlReads, Task<T>> read, CancellationToken cancellationToken) =>
        connections.RunAsync("A read of the store", commands => read(new SqlReads(options, commands)), cancellationToken);
}
