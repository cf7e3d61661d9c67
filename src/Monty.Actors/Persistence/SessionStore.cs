namespace Monty.Actors;

/// <summary>A database that stores durable sessions: the journal of their changes, their snapshots, and the index for finding sessions.</summary>
/// <remarks>
/// <para>Thread-safe. Open an <c>SqliteStore</c> or a <c>PostgreSqlStore</c>, or create a <see cref="MemoryStore"/>, and pass it to an engine. One engine at
/// a time owns a store. The caller that opened the store disposes it, after the engine.</para>
/// <para>The class cannot be derived from outside this library.</para>
/// </remarks>
public abstract class SessionStore : IAsyncDisposable
{
    private const int PageSize = 500;

    internal SessionStore(SessionStoreOptions options) => Options = options;

    internal SessionStoreOptions Options { get; }

    /// <summary>
    /// Makes the caller the only engine on this store. Raises the epoch, so that appends of earlier engines are refused no matter how late they arrive.
    /// </summary>
    /// <param name="holder">The name of the caller for messages to other engines: its machine and process. It must not contain secrets.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="StoreOwnedException">Another engine owns the store, and the store does not wait for it.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken);

    /// <summary>
    /// Writes changes of one or several sessions in as few transactions as possible, and sets the outcome of each change. Called by one thread at a time. It
    /// may block.
    /// </summary>
    /// <remarks>
    /// A change whose sequence number is used or leaves a gap is a conflict, and a change with a lower epoch than the claim is fenced. The outcome applies to
    /// that change and all later changes of its session in the batch; the changes of other sessions are stored. Writing a change again is safe: if the row at
    /// its key has its writer id, the change is already stored.
    /// </remarks>
    /// <exception cref="ChangeRefusedException">
    /// The database refuses one of the changes because of its content. Write each change separately to find it.
    /// </exception>
    /// <exception cref="SessionStoreException">The store failed. It is unknown whether the changes were written.</exception>
    internal abstract void Write(IReadOnlyList<ChangeWrite> writes);

    /// <summary>
    /// Called after the recovery of a session with the index row that follows from its history. The version is 0 if the session does not exist. A store that
    /// writes the index in the transaction of each change needs no correction.
    /// </summary>
    internal virtual void Settle(SessionEntry entry) { }

    /// <summary>Writes an index row that was derived from the history of its session, unless the index has a later version of it.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken);

    /// <summary>Deletes the index rows of sessions that have no changes.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task RemoveOrphansAsync(CancellationToken cancellationToken);

    /// <summary>Lists the persistence ids of the journal in ordinal order.</summary>
    /// <param name="after">The last persistence id of the previous page, or an empty text for the first page.</param>
    /// <param name="max">The maximum number of persistence ids.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>Returns the highest sequence number that was written under a persistence id, or 0 for none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken);

    /// <summary>Reads changes of a session in order.</summary>
    /// <remarks>A change that is larger than <see cref="SessionStoreOptions.MaxChangeBytes"/> is returned without its payload.</remarks>
    /// <param name="persistenceId">The persistence id of the session.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="to">The last sequence number.</param>
    /// <param name="max">The maximum number of changes, at least 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The changes. There are fewer than <paramref name="max"/> if they are large, and none only if no more exist.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>Reads the changes of a session in order, page by page.</summary>
    /// <param name="persistenceId">The persistence id of the session.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="to">The last sequence number.</param>
    /// <param name="max">The maximum number of changes.</param>
    /// <param name="read">Called for each change.</param>
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

    /// <summary>
    /// Saves a snapshot, and deletes all snapshots of its session except the newest two. Does nothing if the change with its sequence number no longer
    /// exists, because the session was purged.
    /// </summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the newest snapshot up to a sequence number that is not larger than <see cref="SessionStoreOptions.MaxSnapshotBytes"/>, or null if there is
    /// none.
    /// </summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken);

    /// <summary>Deletes the snapshots of a session up to a sequence number.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken);

    /// <summary>Returns the index row of a session, or null if it does not exist.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>Lists sessions of all tenants whose timer is due, earliest first. Sessions with the same due time are in the order of their ids.</summary>
    /// <remarks>An invalid index row is skipped, here and in <see cref="ListActiveAsync"/>, so that it does not block the other sessions.</remarks>
    /// <param name="until">The latest due time to include.</param>
    /// <param name="after">The last session of the previous page, or null for the first page. It need not be due any more.</param>
    /// <param name="max">The maximum number of sessions.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>Lists sessions of all tenants that have work to do without a command, in the order of their ids.</summary>
    /// <param name="after">The last session of the previous page, or null for the first page.</param>
    /// <param name="max">The maximum number of sessions.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken);

    /// <summary>Deletes closed sessions that have not changed since a given time, with their history and snapshots.</summary>
    /// <param name="unchangedSince">Sessions that last changed at this time or earlier are deleted.</param>
    /// <param name="max">The maximum number of sessions to delete in this call.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>The number of deleted sessions. It is less than <paramref name="max"/> when no such session is left.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    internal abstract Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken);

    /// <summary>Closes the connections of the store. Dispose the engine first. Disposing again has no effect.</summary>
    public abstract ValueTask DisposeAsync();
}
