using System.Runtime.CompilerServices;
using Akka.Actor;
using Monty.Actors.Region;

namespace Monty.Actors.Persistence;

/// <summary>Reads sessions from the store, page by page, without using their actors.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SessionReads(SessionStore store, HistoryReader history, ActorSystem system, CancellationToken stopping)
{
    private readonly SessionWatch watch = SessionWatch.Start(system);

    /// <summary>The number of sessions that callers follow or wait for.</summary>
    public int Followed => watch.Count;

    /// <summary>Reads the events after a version, up to the last one stored.</summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        SessionId session,
        long afterVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var from = await FindSequenceAsync(session, afterVersion, cancellationToken).ConfigureAwait(false);
        await foreach (var change in history.ReadAsync(session, from, long.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            foreach (var stored in EventsOf(change).Where(e => e.Version > afterVersion))
            {
                yield return stored;
            }
        }
    }

    /// <summary>Reads all events up to a sequence number.</summary>
    public async Task<IReadOnlyList<SessionEvent>> ReadEventsAsync(SessionId session, long to, CancellationToken cancellationToken)
    {
        List<SessionEvent> events = [];
        await foreach (var @event in history.ReadEventsAsync(session, to, cancellationToken).ConfigureAwait(false))
        {
            events.Add(@event);
        }

        return events;
    }

    /// <summary>Reads the events after a version, and continues after each append until the session is closed.</summary>
    public async IAsyncEnumerable<StoredEvent> FollowAsync(
        SessionId session,
        long afterVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var next = Task.CompletedTask;
        var sequence = await FindSequenceAsync(session, afterVersion - 1, cancellationToken).ConfigureAwait(false); // includes the last event that the caller has, because no event follows if it closed the session
        try
        {
            while (true)
            {
                next = watch.NextAsync(session);
                await foreach (var change in history.ReadAsync(session, sequence, long.MaxValue, cancellationToken).ConfigureAwait(false))
                {
                    sequence = change.SequenceNumber + 1;
                    foreach (var stored in EventsOf(change).Where(e => e.Version > afterVersion))
                    {
                        yield return stored;
                    }

                    if (change.Events[^1] is SessionClosed)
                    {
                        yield break;
                    }
                }

                await UntilAsync(next, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            watch.Leave(session, next);
        }
    }

    /// <summary>Returns the current state of a session, or null if it does not exist.</summary>
    public async Task<SessionView?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        var current =
            await history.FindSnapshotAsync(session, cancellationToken).ConfigureAwait(false)
            ?? new SessionSnapshot(session, 0, 0, default, SessionState.None, Dump: null);
        var changedAt = current.CreatedAt;
        var included = current.SequenceNumber;
        await foreach (
            var change in history.ReadAsync(session, Math.Max(1, included), long.MaxValue, cancellationToken).ConfigureAwait(false)
        )
        {
            changedAt = change.At;
            if (change.SequenceNumber == included)
            {
                included = 0; // the last change of the snapshot exists
                continue;
            }

            current = current with
            {
                SequenceNumber = change.SequenceNumber,
                Version = change.LastVersion,
                CreatedAt = change.CreatedAt,
                State = Evolve(session, current.State, change),
            };
        }

        if (included > 0)
        {
            await RequirePurgedAsync(session, included, cancellationToken).ConfigureAwait(false);
            return null;
        }

        return current.SequenceNumber == 0 ? null : SessionView.From(current, changedAt);
    }

    /// <summary>Returns a task that completes at the next append that can end a wait for a feed of a session.</summary>
    public Task NextEndAsync(SessionId session) => watch.NextAsync(session, onlyEnds: true);

    /// <summary>Forgets a task of <see cref="NextEndAsync"/>.</summary>
    public void LeaveEnd(SessionId session, Task next) => watch.Leave(session, next, onlyEnds: true);

    /// <summary>
    /// Waits until a feed has ended, and returns its outcome. If several feeds have the command id, the last one counts, because ids are forgotten in time.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="commandId">The id of the command that started the feed.</param>
    /// <param name="sequence">The sequence number of the change to start at.</param>
    /// <param name="next">The task after which the history is read for the first time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<FeedOutcome> WaitAsync(
        SessionId session,
        string commandId,
        long sequence,
        Task next,
        CancellationToken cancellationToken
    )
    {
        var wait = new FeedWait(session, commandId);
        try
        {
            while (true)
            {
                await UntilAsync(next, cancellationToken).ConfigureAwait(false);
                next = NextEndAsync(session);
                var before = sequence;
                await foreach (var change in history.ReadAsync(session, sequence, long.MaxValue, cancellationToken).ConfigureAwait(false))
                {
                    sequence = change.SequenceNumber + 1;
                    wait.Observe(change.Events);
                }

                if (wait.Outcome is { } outcome)
                {
                    return outcome;
                }

                if (sequence == before && await store.FindAsync(session, cancellationToken).ConfigureAwait(false) is null)
                {
                    throw new SessionRefusedException(SessionRefusal.NotFound, $"The session {session} does not exist. Open it first.");
                }

                wait.ThrowIfHopeless();
            }
        }
        finally
        {
            LeaveEnd(session, next);
        }
    }

    /// <summary>
    /// Returns the sequence number of the change with the first event after a version. Uses a binary search, because each change has at least one event.
    /// </summary>
    private async Task<long> FindSequenceAsync(SessionId session, long afterVersion, CancellationToken cancellationToken)
    {
        if (afterVersion <= 0)
        {
            return 1;
        }

        var low = 1L;
        var high = afterVersion + 1; // event v is in change v or an earlier one
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var page = await history.ReadPageAsync(session, middle, middle, cancellationToken).ConfigureAwait(false);
            if (page.Changes.Count > 0 && page.Changes[0].LastVersion <= afterVersion)
            {
                low = middle + 1;
            }
            else
            {
                high = page.Changes.Count > 0 ? middle : Math.Min(middle, page.Highest + 1);
            }
        }

        return low;
    }

    /// <summary>Throws if a session whose snapshot includes a change still exists without that change.</summary>
    private async Task RequirePurgedAsync(SessionId session, long sequenceNumber, CancellationToken cancellationToken)
    {
        if ((await history.ReadPageAsync(session, 1, 1, cancellationToken).ConfigureAwait(false)).Highest > 0)
        {
            throw new SessionUnreadableException(
                $"Change {sequenceNumber} of {session} cannot be read: it is missing, and a snapshot includes it. Restore the session from a backup.",
                session,
                isTampered: true
            );
        }
    }

    private static IEnumerable<StoredEvent> EventsOf(SessionChange change) =>
        change.Events.Select((@event, index) => new StoredEvent(change.FirstVersion + index, change.At, @event));

    public static SessionState Evolve(SessionId session, SessionState state, SessionChange change)
    {
        try
        {
            return SessionEvolver.Evolve(state, change.Events);
        }
        catch (InvalidOperationException broken)
        {
            throw new SessionUnreadableException(
                $"Change {change.SequenceNumber} of {session} is not usable: {broken.Message} Restore the session from a backup.",
                session,
                isTampered: false
            );
        }
    }

    private async Task UntilAsync(Task next, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await next.WaitAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The engine stopped. Follow the session in the next engine.", innerException: null);
        }
    }
}
