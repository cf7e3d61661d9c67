using Monty.Actors.Records;

namespace Monty.Actors.Tests.Engine;

/// <summary>A journal whose dumps and records read otherwise than they were written, and whose appends may go otherwise.</summary>
internal sealed class RewrittenJournal(IJournal inner) : IJournal
{
    public Func<JournalDump, JournalDump> Dump { get; init; } = d => d;

    public Func<SessionEvent, SessionEvent> Event { get; init; } = e => e;

    public Func<SessionAppend, Task<AppendResult>> Append { get; init; } = append => inner.AppendAsync(append);

    public Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => Append(append);

    public async Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default) =>
        await inner.ClaimAsync(session, epoch, cancellationToken) is ClaimResult.Claimed { Head: { Dump: { } dump } head } ? new ClaimResult.Claimed(head with { Dump = Dump(dump) }) : await inner.ClaimAsync(session, epoch, cancellationToken);

    public Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) => inner.FindAsync(session, cancellationToken);

    public async Task<IReadOnlyList<JournalRecord>> ReadAsync(SessionId session, long afterVersion, int maxRecords, CancellationToken cancellationToken = default) =>
        [.. (await inner.ReadAsync(session, afterVersion, maxRecords, cancellationToken)).Select(r => RecordCodec.Encode(Event(RecordCodec.Decode(r)), r.Version, r.At))];

    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public Task<IReadOnlyList<DueSession>> ListDueAsync(DateTimeOffset until, int max, CancellationToken cancellationToken = default) => inner.ListDueAsync(until, max, cancellationToken);

    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) => inner.FindNextDueAsync(cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default) => inner.ListActiveAsync(after, max, cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) => inner.PurgeAsync(unchangedSince, max, cancellationToken);

    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) => inner.NextEpochAsync(cancellationToken);

    public Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) => inner.OwnAsync(holder, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
