namespace Monty.Actors;

/// <summary>A database that keeps durable sessions: the journal of their changes, their snapshots, and the index by which they are found.</summary>
/// <remarks>
/// Thread-safe. Open one with <c>SqliteStore</c> or <c>PostgreSqlStore</c>, or use <see cref="MemoryStore"/>, and give it to an engine. The caller that opened
/// it disposes it, after the engine.
/// </remarks>
public abstract class SessionStore : IAsyncDisposable
{
    private const int PageSize = 500;

    internal SessionStore(SessionStoreOptions options) => Options = options;

    internal SessionStoreOptions Options { get; }

    /// <summary>Makes the caller the only engine on this store, and raises the epoch, so that appends of the engines before it are refused however late they come.</summary>
    /// <param name="holder">Who asks, for the message to others: machine, process. No secrets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreOwnedException">Another engine owns the store, and this kind of store does not wait for it.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken);

    /// <summary>Writes changes of different or the same sessions in as few transactions as possible, and sets the outcome of each. Called by one thread at a time; it may block.</summary>
    /// <remarks>
    /// A change whose sequence number is taken or leaves a gap is a conflict, and one with a lower epoch than the claim is fenced. Either is the outcome of that change and of all later ones
    /// of its session in the batch; the changes of other sessions are stored. Writing a change again is safe: where the row at its key has its writer id, the change is stored already.
    /// </remarks>
    /// <exception cref="ChangeRefusedException">The database refuses one of the changes for what it holds. Write each by itself to find out which.</exception>
    /// <exception cref="SessionStoreException">The store failed; whether the changes were written is unknown.</exception>
    internal abstract void Write(IReadOnlyList<ChangeWrite> writes);

    /// <summary>The highest sequence number that was written under an id; 0 for none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken);

    /// <summary>Reads changes of a session in order.</summary>
    /// <remarks>A change that is larger than <see cref="SessionStoreOptions.MaxChangeBytes"/> comes without its payload.</remarks>
    /// <param name="persistenceId">The session.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="to">The last sequence number.</param>
    /// <param name="max">The most changes, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The changes; fewer than <paramref name="max"/> where they are large, and none only where there are no more.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>Reads the changes of a session in order, page by page.</summary>
    /// <param name="persistenceId">The session.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="to">The last sequence number.</param>
    /// <param name="max">The most changes.</param>
    /// <param name="read">Called for each.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal async Task ReadAsync(
        string persistenceId,
        long from,
        long to,
        long max,
        Action<StoredRow> read,
        CancellationToken cancellationToken
    )
    {
        while (max > 0 && from <= to)
        {
            var page = await ReadPageAsync(persistenceId, from, to, (int)Math.Min(max, PageSize), cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                return;
            }

            foreach (var row in page)
            {
                read(row);
            }

            max -= page.Count;
            from = page[^1].SequenceNumber + 1;
        }
    }

    /// <summary>Saves a snapshot, and deletes all of its session but the newest two. Does nothing where the change with its sequence number is gone, because the session was purged.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken);

    /// <summary>The newest snapshot up to a sequence number that is not larger than <see cref="SessionStoreOptions.MaxSnapshotBytes"/>; null where there is none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken);

    /// <summary>Deletes the snapshots of a session up to a sequence number.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken);

    /// <summary>The row of a session; null where there is none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>Lists sessions of all tenants whose timer is due, earliest first, and those of one time in the order of their ids.</summary>
    /// <remarks>A row of the index that cannot be a session's is left out, here and in <see cref="ListActiveAsync"/>: it must not hold up the others.</remarks>
    /// <param name="until">The latest due time.</param>
    /// <param name="after">The last one that the caller has; null for the first page. It need not be due any more.</param>
    /// <param name="max">The most sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>Lists sessions of all tenants that have something to do without being asked, in order.</summary>
    /// <param name="after">The last one that the caller has; null for the first page.</param>
    /// <param name="max">The most sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken);

    /// <summary>Deletes closed sessions that did not change since a time, whole.</summary>
    /// <param name="unchangedSince">The latest change of what is deleted.</param>
    /// <param name="max">The most sessions to delete in this call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many were deleted; fewer than <paramref name="max"/> when none are left.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken);

    /// <summary>Closes the store's connections. Engines on it must be stopped before.</summary>
    public abstract ValueTask DisposeAsync();
}
