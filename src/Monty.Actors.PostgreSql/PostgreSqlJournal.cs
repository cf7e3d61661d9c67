using System.Data.Common;
using System.Globalization;
using Monty.Actors.Journal;
using Monty.Actors.Journal.Sql;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>A journal in PostgreSQL 13 or later, for engines on many machines. Every commit is on the server's disk before it is acknowledged.</summary>
/// <remarks>Thread-safe. It connects again by itself when the server was gone; calls that met the gap fail.</remarks>
public sealed class PostgreSqlJournal : IJournal
{
    private readonly PostgreSqlJournalOptions options;
    private readonly PostgreSqlConnections connections;
    private readonly GroupCommit writes;

    private PostgreSqlJournal(PostgreSqlJournalOptions options, PostgreSqlConnections connections)
    {
        (this.options, this.connections) = (options, connections);
        writes = new GroupCommit(options, new PostgreSqlWriter(connections, options));
    }

    /// <summary>Opens a journal, creating its schema or bringing its tables to the newest one.</summary>
    /// <param name="options">The database, and limits.</param>
    /// <param name="cancellationToken">Stops waiting for the server.</param>
    /// <exception cref="JournalException">The server cannot be reached or refuses, or the tables are of a newer version.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the connection string is none.</exception>
    public static async Task<PostgreSqlJournal> OpenAsync(PostgreSqlJournalOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ConnectionString);
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

            return new PostgreSqlJournal(options, connections);
        }
        catch (NpgsqlException exception)
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw PostgreSqlErrors.Explain("Opening the journal", exception);
        }
        catch
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a journal with the default options.</summary>
    /// <param name="connectionString">How to connect (<see cref="PostgreSqlJournalOptions.ConnectionString"/>).</param>
    /// <param name="cancellationToken">Stops waiting for the server.</param>
    /// <exception cref="JournalException">The server cannot be reached or refuses, or the tables are of a newer version.</exception>
    public static Task<PostgreSqlJournal> OpenAsync(string connectionString, CancellationToken cancellationToken = default) =>
        OpenAsync(new PostgreSqlJournalOptions { ConnectionString = connectionString }, cancellationToken);

    /// <inheritdoc/>
    public JournalLimits Limits => options.Limits;

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        options.CheckLimits(append);
        return await writes.RunAsync(new AppendWrite(append), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        return writes.RunAsync(new ClaimWrite(session, epoch), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        ReadAsync(reads => reads.FindAsync(session, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        return ReadAsync(reads => reads.ReadAsync(session, afterVersion, maxRecords, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.Check();
        return ReadAsync(reads => reads.ListAsync(query, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return ReadAsync(reads => reads.ListDueAsync(until, after, max, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(reads => reads.FindNextDueAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return ReadAsync(reads => reads.ListActiveAsync(after, max, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return connections.RunAsync(
            "A purge of the journal",
            commands =>
                commands("purge_sessions")
                    .Set("unchanged_since_us", Microseconds.From(unchangedSince))
                    .Set("max", max)
                    .ExecuteNonQueryAsync(cancellationToken),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) =>
        connections.RunAsync("Taking an epoch", commands => NumberAsync(commands("next_epoch"), cancellationToken), cancellationToken);

    /// <summary>Makes the caller the only engine on this store, waiting while another is.</summary>
    /// <inheritdoc/>
    public async Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(holder);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await connections.OpenSingleAsync(cancellationToken).ConfigureAwait(false);
            var wait = PostgreSqlConnections.Command(connection, "wait_for_store");
            await using (wait.ConfigureAwait(false))
            {
                wait.CommandTimeout = 0;
                await wait.Set("schema", options.Schema).ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            var take = PostgreSqlConnections.Command(connection, "take_store");
            await using (take.ConfigureAwait(false))
            {
                return new PostgreSqlOwnership(
                    connection,
                    await NumberAsync(take.Set("holder", holder), cancellationToken).ConfigureAwait(false)
                );
            }
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            if (exception is NpgsqlException known)
            {
                throw PostgreSqlErrors.Explain("Taking the journal over", known);
            }

            throw;
        }
    }

    /// <summary>Commits what is queued, then closes the connections. An ownership is given up by disposing it, before this.</summary>
    public async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync().ConfigureAwait(false);
        await connections.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<long> NumberAsync(DbCommand command, CancellationToken cancellationToken) =>
        Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);

    private Task<T> ReadAsync<T>(Func<SqlReads, Task<T>> read, CancellationToken cancellationToken) =>
        connections.RunAsync("A read of the journal", commands => read(new SqlReads(commands, options)), cancellationToken);
}
