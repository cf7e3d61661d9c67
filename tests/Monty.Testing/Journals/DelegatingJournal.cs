using Monty.Actors;

namespace Monty.Testing.Journals;

/// <summary>A journal that delegates all operations to an inner journal. Tests and benchmarks override single operations. Disposing it disposes the inner journal.</summary>
/// <remarks>Thread-safe when the inner journal is.</remarks>
public abstract class DelegatingJournal(IJournal inner) : IJournal
{
    /// <inheritdoc/>
    public JournalLimits Limits => inner.Limits;

    /// <inheritdoc/>
    public virtual Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) =>
        inner.AppendAsync(append, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default) =>
        inner.ClaimAsync(session, epoch, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        inner.FindAsync(session, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    ) => inner.ReadAsync(session, afterVersion, maxRecords, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        inner.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    ) => inner.ListDueAsync(until, after, max, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        inner.FindNextDueAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<SessionId>> ListActiveAsync(
        SessionId? after,
        int max,
        CancellationToken cancellationToken = default
    ) => inner.ListActiveAsync(after, max, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        inner.PurgeAsync(unchangedSince, max, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<long> NextEpochAsync(CancellationToken cancellationToken = default) => inner.NextEpochAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) =>
        inner.OwnAsync(holder, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
