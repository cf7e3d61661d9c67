using Akka.Actor;
using Akka.Persistence;
using Monty.Actors.Persistence;

namespace Monty.Actors.Actors;

/// <content>Storage: appends, snapshots, and the end of the actor.</content>
internal sealed partial class SessionActor
{
    private void Append()
    {
        var sequenceNumber = LastSequenceNr + 1;
        var change = pending.ToChange(sequenceNumber, settings.Epoch, turns.DumpToStore(sequenceNumber));
        appendStarted = settings.Time.GetTimestamp();
        Become(Persisting);
        Persist(change, Appended);
    }

    /// <summary>Akka keeps all messages until the append has completed.</summary>
    private bool Persisting(object message) => ReceiveInAnyState(message);

    private void Appended(SessionChange change)
    {
        var before = pending.Version;
        pending.Commit(change);
        isStuck = false;
        turns.Stored(change);
        RecordAppend();
        foreach (var @event in change.Events)
        {
            MontyEngineTelemetry.Count(@event);
            if (@event is SessionQuarantined { Reason: var reason })
            {
                settings.Problems.Report(
                    $"{id} is quarantined: {reason}. Its history contains the evidence. Send a ReleaseCommand to let it continue.",
                    null
                );
            }
        }

        var canEndWait = change.Events.Any(e => e is FeedEnded or SessionQuarantined or SessionClosed);
        Context.System.EventStream.Publish(new SessionAppended(id, canEndWait));
        var replies = new Executed[unanswered.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = new Executed(
                unanswered[i],
                new SessionReply.Accepted(pending.Version, State.FeedCount) { Before = before, Sequence = change.SequenceNumber }
            );
        }

        unanswered.Clear();
        var next = afterAppend;
        afterAppend = null;
        Tell(Advanced(replies, OpenCalls.Of(pending.Stored)) with { IsReady = next is null && !MayTurn() });
        SaveSnapshotIfDue();
        if (next is not null)
        {
            next();
        }
        else
        {
            Continue();
        }
    }

    private void RecordAppend()
    {
        if (MontyEngineTelemetry.MeasuresAppends)
        {
            MontyEngineTelemetry.RecordAppend(settings.Time.GetElapsedTime(appendStarted));
        }
    }

    private void SaveSnapshotIfDue()
    {
        if (
            !isSnapshotSaving
            && !turns.IsRunning
            && (LastSequenceNr - lastSnapshot >= settings.Options.SnapshotEvery || turns.NeedsSnapshot)
        )
        {
            SaveSnapshotNow();
        }
    }

    private void SaveSnapshotNow()
    {
        isSnapshotSaving = true;
        lastSnapshot = LastSequenceNr;
        SaveSnapshot(
            new SessionSnapshot(
                id,
                LastSequenceNr,
                pending.Version,
                pending.CreatedAt,
                pending.Stored,
                turns.DumpForSnapshot(LastSequenceNr)
            )
        );
        turns.SnapshotSaved();
    }

    private void Stop()
    {
        if (SessionDecider.Suspend(pending.Stored) is { } suspended && !pending.HasStaged)
        {
            pending.Stage(suspended.Events);
            afterAppend = StopNow;
            Append();
            return;
        }

        StopNow();
    }

    private void StopNow()
    {
        if (turns.LosesWork(LastSequenceNr - lastSnapshot))
        {
            SaveSnapshotNow();
            Become(SavingLastSnapshot);
            return;
        }

        Context.Stop(Self);
    }

    private bool SavingLastSnapshot(object message)
    {
        var isOver = message switch
        {
            SaveSnapshotSuccess saved => saved.Metadata.SequenceNr == lastSnapshot,
            SaveSnapshotFailure failed => failed.Metadata.SequenceNr == lastSnapshot,
            _ => false,
        };
        if (isOver)
        {
            Context.Stop(Self);
            return true;
        }

        return ReceiveInAnyState(message);
    }
}
