using Monty.Actors.Journal.Seals;

namespace Monty.Actors;

/// <summary>A journal whose records and dumps carry a seal, so that a row that was edited, moved or damaged in the store is found before it is used.</summary>
/// <remarks>
/// <para>Thread-safe. A seal is an HMAC-SHA-256 over the content, tenant, session, version, kind, schema and time, or the runtime of a dump. A record with a
/// broken seal throws <see cref="JournalTamperedException"/>. A dump with a broken seal is left out, and
/// <see cref="SessionHead.DumpProblem"/> says so: the records can rebuild it.</para>
/// <para>Not found: a session set back as a whole to an earlier state of its own, records cut off at its end with the row set back, records of a
/// purged session put into a new one of the same name, and changes of the row that sessions are listed by. Nothing is encrypted.</para>
/// <para>Seal a journal from its first record on: what has no seal is refused. Limits of the store count the seal's 17 bytes.</para>
/// </remarks>
public sealed class SealedJournal : IJournal
{
    private readonly IJournal inner;
    private readonly JournalSeal seal;

    /// <summary>Seals what is written to a store and checks what is read from it.</summary>
    /// <param name="inner">The store, which this one disposes.</param>
    /// <param name="key">The key that new seals are made with.</param>
    /// <param name="olderKeys">Keys of seals that are still in the store.</param>
    /// <exception cref="ArgumentException">Two keys have one number.</exception>
    public SealedJournal(IJournal inner, JournalKey key, params IReadOnlyList<JournalKey> olderKeys)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(olderKeys);
        (this.inner, seal) = (inner, new JournalSeal(key, olderKeys));
    }

    /// <inheritdoc/>
    public JournalLimits Limits => inner.Limits with { AddedBytes = inner.Limits.AddedBytes + JournalSeal.Bytes };

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        return inner.AppendAsync(
            new SessionAppend(
                append.Session,
                append.ExpectedVersion,
                append.Epoch,
                [.. append.Records.Select(r => seal.Seal(append.Session, r))],
                append.Summary,
                append.Dump is { } dump ? seal.Seal(append.Session, dump) : null
            ),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default)
    {
        var result = await inner.ClaimAsync(session, epoch, cancellationToken).ConfigureAwait(false);
        return result is ClaimResult.Claimed claimed ? new ClaimResult.Claimed(Open(claimed.Head)) : result;
    }

    /// <inheritdoc/>
    public async Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        await inner.FindAsync(session, cancellationToken).ConfigureAwait(false) is { } head ? Open(head) : null;

    /// <inheritdoc/>
    /// <exception cref="JournalTamperedException">A record's seal does not fit.</exception>
    public async Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    )
    {
        var records = await inner.ReadAsync(session, afterVersion, maxRecords, cancellationToken).ConfigureAwait(false);
        return [.. records.Select(r => seal.Open(session, r))];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        inner.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    ) => inner.ListDueAsync(until, after, max, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        inner.FindNextDueAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default) =>
        inner.ListActiveAsync(after, max, cancellationToken);

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        inner.PurgeAsync(unchangedSince, max, cancellationToken);

    /// <inheritdoc/>
    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) => inner.NextEpochAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) =>
        inner.OwnAsync(holder, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private SessionHead Open(SessionHead head)
    {
        if (head.Dump is not { } dump)
        {
            return head;
        }

        var opened = seal.TryOpen(head.Session, dump, out var problem);
        return head with
        {
            Dump = opened,
            DumpProblem = opened is null ? $"The dump of version {dump.Version} of {head.Session} {problem}." : null,
        };
    }
}
