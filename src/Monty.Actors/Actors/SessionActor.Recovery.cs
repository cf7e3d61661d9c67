using Akka.Actor;
using Akka.Persistence;
using Monty.Actors.Persistence;

namespace Monty.Actors.Actors;

/// <content>Recovery: the session is rebuilt from its snapshot and its changes.</content>
internal sealed partial class SessionActor
{
    private void Recovering()
    {
        Recover<SnapshotOffer>(offer => RecoverSnapshot((SessionSnapshot)offer.Snapshot));
        Recover<SessionChange>(RecoverChange);
        Recover<UnreadableChange>(change => unreadable ??= $"change {LastSequenceNr}: {change.Reason}");
        Recover<RecoveryCompleted>(_ => RecoveryCompleted());
    }

    private void RecoverSnapshot(SessionSnapshot snapshot)
    {
        if (snapshot.Session != id)
        {
            unreadable ??= $"its snapshot at change {snapshot.SequenceNumber} belongs to another session";
            return;
        }

        pending.Recover(snapshot);
        turns.Recover(snapshot);
        lastSnapshot = snapshot.SequenceNumber;
    }

    private void RecoverChange(SessionChange change)
    {
        if (unreadable is not null)
        {
            return;
        }

        if (change.Session != id || change.SequenceNumber != LastSequenceNr)
        {
            unreadable = $"change {LastSequenceNr} is change {change.SequenceNumber} of {change.Session}: it was moved";
            return;
        }

        try
        {
            pending.Recover(change);
            turns.Recover(change);
        }
        catch (InvalidOperationException broken)
        {
            unreadable = $"change {LastSequenceNr}: {broken.Message}";
        }
    }

    private void RecoveryCompleted()
    {
        if (unreadable is not null)
        {
            Context.Parent.Tell(new SessionUnreadable(unreadable));
            Context.Stop(Self);
            return;
        }

        if (LastSequenceNr > 0)
        {
            MontyEngineTelemetry.CountRecovery();
            Context.System.EventStream.Publish(new SessionAppended(id, CanEndWait: true)); // the last append may have been stored without a reply
        }

        if (pending.Stored.HasFiles)
        {
            files.MarkStale();
        }

        Become(Ready);
        if (isFirst && SessionDecider.Resume(State) is { } resumed)
        {
            pending.Stage(resumed.Events);
        }

        Tell(Advanced([], OpenCalls.Of(pending.Stored)) with { IsRecovered = true });
        if (pending.HasStaged)
        {
            Append(); // before the turn runs, so that the attempt is counted if the turn ends the process
        }
        else
        {
            Continue();
        }
    }
}
