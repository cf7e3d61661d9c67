namespace Monty.Actors;

/// <summary>The durable story of every session: ordered records, the last dump, and one summary row by which sessions are found.</summary>
/// <remarks>
/// <para>Thread-safe. A store has two implementations or more, held to one contract by the conformance kit in <c>Monty.Testing</c>.</para>
/// <para>An append is atomic and durable when its task completes. It names the version it expects, so that two writers cannot both win, and
/// the epoch of its owner, so that an owner who was replaced and does not know it yet is fenced. Both outcomes are results; only
/// a store that cannot be reached, is full or is read-only throws (<see cref="JournalException"/>): whether the append happened is then
/// unknown, and the caller recovers the session before it goes on.</para>
/// <para>Appends of one session are applied in the order they are made. Appends of many sessions share one commit. All reads are bounded.</para>
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>The most that an append may hold. The same for as long as the journal is open.</summary>
    JournalLimits Limits { get; }

    /// <summary>Adds records to a session and replaces its summary, and its dump where one is given, in one transaction.</summary>
    /// <param name="append">What is added. Its buffers must not change until the task completes.</param>
    /// <param name="cancellationToken">Stops an append that is still queued; one whose commit has begun completes.</param>
    /// <exception cref="JournalLimitException">A record or the dump is larger than the store takes; nothing was written.</exception>
    /// <exception cref="JournalException">The store failed; the append may have happened or not.</exception>
    Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default);

    /// <summary>Takes a session over for an epoch: owners of lower epochs are fenced from here on, and the head returned is current.</summary>
    /// <param name="session">The session; it need not exist.</param>
    /// <param name="epoch">The new owner's epoch (<see cref="NextEpochAsync"/>); the same epoch may claim again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalException">The store failed; claiming again is safe.</exception>
    Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default);

    /// <summary>Looks a session up without claiming it; null when there is none.</summary>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default);

    /// <summary>The records of a session after a version, in order.</summary>
    /// <param name="session">The session.</param>
    /// <param name="afterVersion">The version of the last record that the caller has; 0 for none.</param>
    /// <param name="maxRecords">The most records, 1 or more. A page also ends early where it grows past some megabytes, but holds one record at least.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The records, without a gap; fewer than there are when the page is full, and none when there are no more.</returns>
    /// <exception cref="JournalTamperedException">A record is missing before another, or is not what was written.</exception>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    );

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <param name="query">The tenant, filters, and where to go on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default);

    /// <summary>Sessions of all tenants whose timer is due, earliest first, and those of one time in the order of their ids.</summary>
    /// <param name="until">The latest due time.</param>
    /// <param name="after">The last one that the caller has; null for the first page. It need not be due any more.</param>
    /// <param name="max">The most sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    );

    /// <summary>The earliest due time of all timers, or null when there is none: when to look at <see cref="ListDueAsync"/> next.</summary>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default);

    /// <summary>Sessions of all tenants that have something to do without being asked, in order: what an engine recovers when it starts.</summary>
    /// <param name="after">The last one that the caller has; null for the first page.</param>
    /// <param name="max">The most sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default);

    /// <summary>Deletes closed sessions that did not change since a time, whole. Records of a session that is not closed are never deleted, as a rebuild needs them all.</summary>
    /// <param name="unchangedSince">The latest change of what is deleted.</param>
    /// <param name="max">The most sessions to delete in this call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many were deleted; fewer than <paramref name="max"/> when none are left.</returns>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default);

    /// <summary>A new epoch, higher than every one given out before by this store, also to other processes.</summary>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<long> NextEpochAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes the caller the only engine on this store until the ownership is disposed or lost.</summary>
    /// <param name="holder">Who asks, for the message to others: machine, process, purpose. No secrets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalOwnedException">Another engine owns the store, and this kind of store does not wait.</exception>
    /// <exception cref="JournalException">The store failed.</exception>
    Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default);
}
