using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Persistence;
using Monty.Actors.Actors;

namespace Monty.Actors.Persistence;

/// <summary>Reads the history of sessions from the journal, page by page. It works with every journal plug-in of Akka.Persistence.</summary>
/// <remarks>Thread-safe. It does not use the sessions' actors.</remarks>
internal sealed class HistoryReader
{
    private const int PageSize = 200;
    private readonly ActorSystem system;
    private readonly IActorRef journal;
    private readonly IActorRef snapshots;
    private readonly CancellationToken ended;

    public HistoryReader(ActorSystem system, string journalPluginId, string snapshotPluginId)
    {
        this.system = system;
        journal = Akka.Persistence.Persistence.Instance.Apply(system).JournalFor(journalPluginId);
        snapshots = Akka.Persistence.Persistence.Instance.Apply(system).SnapshotStoreFor(snapshotPluginId);
        var source = new CancellationTokenSource();
        ended = source.Token;
        system.RegisterOnTermination(source.Cancel);
    }

    /// <summary>Returns the newest readable snapshot of a session, or null if there is none.</summary>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public async Task<SessionSnapshot?> FindSnapshotAsync(SessionId session, CancellationToken cancellationToken)
    {
        var load = new LoadSnapshot(PersistenceIds.For(session), SnapshotSelectionCriteria.Latest, long.MaxValue);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended);
        object answer;
        try
        {
            answer = await snapshots.Ask<object>(load, Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw EngineStopped.Reading(session);
        }

        return answer switch
        {
            LoadSnapshotResult { Snapshot.Snapshot: SessionSnapshot found } when found.Session == session => found,
            LoadSnapshotFailed failed => throw failed.Cause as SessionStoreException
                ?? new SessionStoreException($"Reading the snapshot of {session} failed.", failed.Cause),
            _ => null,
        };
    }

    /// <summary>Reads the changes of a session in order.</summary>
    /// <param name="session">The session.</param>
    /// <param name="from">The first sequence number, from 1.</param>
    /// <param name="to">The last sequence number, or <see cref="long.MaxValue"/> to read to the end.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    /// <exception cref="SessionUnreadableException">A change cannot be read.</exception>
    public async IAsyncEnumerable<SessionChange> ReadAsync(
        SessionId session,
        long from,
        long to,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        while (from <= to)
        {
            var page = await ReadPageAsync(session, from, Math.Min(to, from + PageSize - 1), cancellationToken).ConfigureAwait(false);
            foreach (var change in page.Changes)
            {
                yield return change;
            }

            from += PageSize;
            if (from > page.Highest)
            {
                yield break;
            }
        }
    }

    /// <summary>Reads the events of a session in order, up to a sequence number.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async IAsyncEnumerable<SessionEvent> ReadEventsAsync(
        SessionId session,
        long to,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var change in ReadAsync(session, 1, to, cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < change.Events.Count; i++)
            {
                yield return change.Events[i];
            }
        }
    }

    /// <summary>Reads at most one page of changes.</summary>
    /// <returns>The changes, and the highest sequence number of the session.</returns>
    public async Task<HistoryPage> ReadPageAsync(SessionId session, long from, long to, CancellationToken cancellationToken)
    {
        var read = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        var reader = StartReader(session, read.Writer);
        journal.Tell(new ReplayMessages(from, to, long.MaxValue, PersistenceIds.For(session), reader), reader);
        List<SessionChange> changes = [];
        var next = from;
        try
        {
            await foreach (var message in read.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                switch (message)
                {
                    case ReplayedMessage { Persistent.SequenceNr: var number } when number != next:
                        throw Missing(session, next);
                    case ReplayedMessage { Persistent: { Payload: SessionChange change } persistent }
                        when change.Session == session && change.SequenceNumber == persistent.SequenceNr:
                        changes.Add(change);
                        next++;
                        break;
                    case ReplayedMessage { Persistent: var persistent }:
                        throw new SessionUnreadableException(
                            $"Change {persistent.SequenceNr} of {session} cannot be read: {(persistent.Payload as UnreadableChange)?.Reason ?? "it was moved"}.",
                            session,
                            isTampered: persistent.Payload is not UnreadableChange { IsTampered: false }
                        );
                    case RecoverySuccess success when next <= Math.Min(to, success.HighestSequenceNr):
                        throw Missing(session, next);
                    case RecoverySuccess success:
                        return new HistoryPage(changes, success.HighestSequenceNr);
                    case ReplayMessagesFailure failure:
                        throw failure.Cause as SessionStoreException
                            ?? new SessionStoreException($"Reading the history of {session} failed.", failure.Cause);
                }
            }

            throw EngineStopped.Reading(session);
        }
        finally
        {
            system.Stop(reader);
        }
    }

    private IActorRef StartReader(SessionId session, ChannelWriter<object> to)
    {
        try
        {
            return system.ActorOf(Props.Create<PageReader>(to));
        }
        catch (InvalidOperationException) // the actor system is ending
        {
            throw EngineStopped.Reading(session);
        }
    }

    private static SessionUnreadableException Missing(SessionId session, long sequenceNumber) =>
        new(
            $"Change {sequenceNumber} of {session} cannot be read: it is missing, and a later one exists. Restore the session from a backup.",
            session,
            isTampered: true
        );

    private sealed class PageReader : UntypedActor
    {
        private readonly ChannelWriter<object> to;

        public PageReader(ChannelWriter<object> to) => this.to = to;

        protected override void OnReceive(object message) => to.TryWrite(message);

        protected override void PostStop() => to.TryComplete();
    }
}

/// <summary>A page of a session's history.</summary>
/// <param name="Changes">The changes in order.</param>
/// <param name="Highest">The highest sequence number of the session, or 0 if there is no such session.</param>
internal sealed record HistoryPage(IReadOnlyList<SessionChange> Changes, long Highest);
