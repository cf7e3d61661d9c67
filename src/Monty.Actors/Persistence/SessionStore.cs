namespace Monty.Actors;

/// <summary>A database that keeps durable sessions: the journal of their changes, their snapshots, and the index by which they are found.</summary>
/// <remarks>
/// Thread-safe. Open one with <c>SqliteStore</c> or <c>PostgreSqlStore</c>, or use <see cref="MemoryStore"/>, and give it to an engine. The caller that opened
/// it disposes it, after the engine.
/// </remarks>
public abstract class SessionStore : IAsyncDisposable
{
    internal SessionStore(SessionStoreOptions options) => Options = options;

    internal SessionStoreOptions Options { get; }

    /// <summary>Makes the caller the only engine on this store, and raises the epoch, so that appends of the engines before it are refused however late they come.</summary>
    /// <param name="holder">Who asks, for the message to others: machine, process. No secrets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreOwnedException">Another engine owns the store, and this kind of store does not wait for it.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken);

    /// <summary>Writes changes of different or the same sessions in one transaction, and sets the outcome of each. Called by one thread at a time; it may block.</summary>
    /// <remarks>
    /// A change whose key is taken is a conflict, one with a lower epoch than the claim is fenced; both are outcomes of that change alone, and so are all later ones of
    /// the same session in the batch. After a connection was lost, a change counts as stored only where the row at its key has its writer id.
    /// </remarks>
    /// <exception cref="ChangeRefusedException">The database refuses one of them for what it holds; nothing was written.</exception>
    /// <exception cref="SessionStoreException">The store failed; whether the changes were written is unknown.</exception>
    internal abstract void Write(IReadOnlyList<ChangeWrite> writes);

    /// <summary>The highest sequence number that was written under an id; 0 for none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken);

    /// <summary>Reads the changes of a session in order, page by page.</summary>
    /// <param name="persistenceId">The session.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="to">The last sequence number.</param>
    /// <param name="max">The most changes.</param>
    /// <param name="read">Called for each.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task ReadAsync(
        string persistenceId,
        long from,
        long to,
        long max,
        Action<StoredRow> read,
        CancellationToken cancellationToken
    );

    /// <summary>Saves a snapshot, and deletes all of its session but the newest two.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken);

    /// <summary>The newest snapshot up to a sequence number; null where there is none.</summary>
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
