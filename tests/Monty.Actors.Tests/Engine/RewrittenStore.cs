using Google.Protobuf;
using Monty.Actors.Persistence;
using Monty.Testing.Stores;

namespace Monty.Actors.Tests.Engine;

/// <summary>A store that changes dumps and events when they are read, and whose commits can fail or wait.</summary>
internal sealed class RewrittenStore(SessionStore inner) : DelegatingStore(inner)
{
    public Func<StoredDump, StoredDump> Dump { get; init; } = d => d;

    /// <summary>Changes events. Snapshots are not returned then, because their states do not follow from the changed events.</summary>
    public Func<SessionEvent, SessionEvent>? Event { get; init; }

    /// <summary>
    /// Called for each change before its commit, on the thread that commits. An exception fails the commit, including the changes of other sessions in it.
    /// </summary>
    public Action<SessionChange> BeforeWrite { get; init; } = _ => { };

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        foreach (var write in writes)
        {
            BeforeWrite(write.Row.Decode());
        }

        base.Write(writes);
    }

    internal override async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) => [.. (await base.ReadPageAsync(persistenceId, from, to, max, cancellationToken)).Select(Rewrite)];

    internal override async Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken)
    {
        if (Event is not null || await base.FindSnapshotAsync(persistenceId, upTo, cancellationToken) is not { } row)
        {
            return null;
        }

        var snapshot = SnapshotCodec.Read(Monty.Actors.Persistence.Proto.Snapshot.Parser.ParseFrom(row.Payload.Span));
        return row with { Payload = SnapshotCodec.Write(snapshot with { Dump = Rewrite(snapshot.Dump) }).ToByteArray() };
    }

    private StoredRow Rewrite(StoredRow row)
    {
        var change = row.Decode();
        return row with
        {
            Payload = ChangeCodec
                .Write(change with { Dump = Rewrite(change.Dump), Events = [.. change.Events.Select(e => Event is null ? e : Event(e))] })
                .ToByteArray(),
        };
    }

    private StoredDump? Rewrite(StoredDump? dump) => dump is null ? null : Dump(dump);
}
