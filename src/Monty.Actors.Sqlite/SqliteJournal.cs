using Microsoft.Data.Sqlite;
using Monty.Actors.Journal;
using Monty.Actors.Journal.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>A journal in a SQLite file, for engines on one machine. Every commit is on the disk before it is acknowledged.</summary>
/// <remarks>Thread-safe. Several may be open on one file, also in other processes; <see cref="OwnAsync"/> keeps a second engine out.</remarks>
public sealed class SqliteJournal : IJournal
{
    private readonly SqliteJournalOptions options;
    private readonly SqliteReaders readers;
    private readonly GroupCommit writes;

    private SqliteJournal(SqliteJournalOptions options)
    {
        this.options = options;
        readers = new SqliteReaders(options);
        writes = new GroupCommit(options, new SqliteWriter(options));
    }

    /// <summary>Opens a journal, creating it or bringing its tables to the newest schema.</summary>
    /// <param name="options">The file, and limits.</param>
    /// <param name="cancellationToken">Stops waiting for a thread.</param>
    /// <exception cref="JournalException">The file cannot be opened or written to, is no database, or has tables of a newer version.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Task<SqliteJournal> OpenAsync(SqliteJournalOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxReaders, 1);
        return Task.Run(() => Open(options with { Path = Path.GetFullPath(options.Path) }), cancellationToken);
    }

    /// <summary>Opens a journal with the default options.</summary>
    /// <param name="path">The database file (<see cref="SqliteJournalOptions.Path"/>).</param>
    /// <param name="cancellationToken">Stops waiting for a thread.</param>
    /// <exception cref="JournalException">The file cannot be opened or written to, is no database, or has tables of a newer version.</exception>
    public static Task<SqliteJournal> OpenAsync(string path, CancellationToken cancellationToken = default) =>
        OpenAsync(new SqliteJournalOptions { Path = path }, cancellationToken);

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
        readers.RunAsync(reads => reads.FindAsync(session, cancellationToken), cancellationToken);

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
        return readers.RunAsync(reads => reads.ReadAsync(session, afterVersion, maxRecords, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.Check();
        return readers.RunAsync(reads => reads.ListAsync(query, cancellationToken), cancellationToken);
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
        return readers.RunAsync(reads => reads.ListDueAsync(until, after, max, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        readers.RunAsync(reads => reads.FindNextDueAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return readers.RunAsync(reads => reads.ListActiveAsync(after, max, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return (int)
            await writes
                .RunAsync(new SqliteWrite(statements => Purge(statements, unchangedSince, max)), cancellationToken)
                .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) =>
        writes.RunAsync(new SqliteWrite(statements => (long)statements["next_epoch"].ExecuteScalar()!), cancellationToken);

    /// <inheritdoc/>
    public async Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(holder);
        if (SqliteOwnership.TryLock(options.Path + ".lock") is not { } file)
        {
            var other = await readers.RunAsync(reads => reads.FindHolderAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            throw new JournalOwnedException(
                $"This journal is owned by {other}. Stop that engine first, or give this one a journal of its own.",
                other
            );
        }

        try
        {
            var epoch = await writes
                .RunAsync(
                    new SqliteWrite(statements => (long)statements["take_store"].Set("holder", holder).ExecuteScalar()!),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new SqliteOwnership(file, epoch);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Commits what is queued, then closes the database. Ownership is given up by disposing it, not by this.</summary>
    public async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync().ConfigureAwait(false);
        readers.Dispose();
    }

    private static SqliteJournal Open(SqliteJournalOptions options)
    {
        if (!Directory.Exists(Path.GetDirectoryName(options.Path)))
        {
            throw new JournalException(
                "The folder of the journal's database does not exist. Create it, or name another in SqliteJournalOptions.Path."
            );
        }

        try
        {
            using var statements = SqliteStatements.Open(options, writes: true);
            statements.Migrate();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain("Opening the journal", exception);
        }

        return new SqliteJournal(options);
    }

    private static long Purge(SqliteStatements statements, DateTimeOffset unchangedSince, int max)
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
}
