using Monty.Actors.Records;
using Monty.Testing.Journals;

namespace Monty.Actors.Tests.Engine;

/// <summary>A journal whose dumps and records read otherwise than they were written, and whose appends may go otherwise.</summary>
internal sealed class RewrittenJournal(IJournal inner) : DelegatingJournal(inner)
{
    public Func<JournalDump, JournalDump> Dump { get; init; } = d => d;

    public Func<SessionEvent, SessionEvent> Event { get; init; } = e => e;

    /// <summary>Appends in place of the inner journal; null for that one.</summary>
    public Func<SessionAppend, Task<AppendResult>>? Append { get; init; }

    public override Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) =>
        Append is null ? base.AppendAsync(append, cancellationToken) : Append(append);

    public override async Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default)
    {
        var result = await base.ClaimAsync(session, epoch, cancellationToken);
        return result is ClaimResult.Claimed { Head: { Dump: { } dump } head }
            ? new ClaimResult.Claimed(head with { Dump = Dump(dump) })
            : result;
    }

    public override async Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    ) =>
        [
            .. (await base.ReadAsync(session, afterVersion, maxRecords, cancellationToken)).Select(r =>
                RecordCodec.Encode(Event(RecordCodec.Decode(r)), r.Version, r.At)
            ),
        ];
}
