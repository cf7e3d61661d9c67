using Monty.Actors;

namespace Monty.Load;

/// <summary>A journal that counts the appends which another one made durable.</summary>
internal sealed class CountingJournal(IJournal inner) : IJournal
{
    private long appends;

    public long Appends => Interlocked.Read(ref appends);

    public async Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        var result = await inner.AppendAsync(append, cancellationToken);
        if (result == AppendResult.Appended) Interlocked.Increment(ref appends);
        return result;
    }

    public Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default) => inner.ClaimAsync(session, epoch, cancellationToken);

    public Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) => inner.FindAsync(session, cancellationToken);

    public Task<IReadOnlyList<JournalRecord>> ReadAsync(SessionId session, long afterVersion, int maxRecords, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(session, afterVersion, maxRecords, cancellationToken);

    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public Task<IReadOnlyList<DueSession>> ListDueAsync(DateTimeOffset until, int max, CancellationToken cancellationToken = default) => inner.ListDueAsync(until, max, cancellationToken);

    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) => inner.FindNextDueAsync(cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default) => inner.ListActiveAsync(after, max, cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) => inner.PurgeAsync(unchangedSince, max, cancellationToken);

    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) => inner.NextEpochAsync(cancellationToken);

    public Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) => inner.OwnAsync(holder, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
