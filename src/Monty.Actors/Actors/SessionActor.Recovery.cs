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
        recovered = snapshot.SequenceNumber;
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
            recovered = change.SequenceNumber;
            turns.Recover(change);
        }
        catch (InvalidOperationException broken)
        {
            unreadable = $"change {LastSequenceNr}: {broken.Message}";
        }
#pragma warning disable CA1031 // Every exception means that the history is not usable. Reading it again does not help.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            unreadable = $"change {LastSequenceNr} cannot be applied ({unexpected.GetType().Name})";
        }
    }

    private void RecoveryCompleted()
    {
        if (recovered != LastSequenceNr)
        {
            unreadable ??= $"it ends with change {LastSequenceNr}, and the last one that could be read is {recovered}";
        }

        if (unreadable is not null)
        {
            Context.Parent.Tell(new SessionUnreadable(unreadable));
            Context.Stop(Self);
            return;
        }

        settings.Options.Store.Settle(
            new SessionEntry(id, pending.Version, SessionSummaries.From(pending.Stored, pending.CreatedAt, pending.RecoveredAt))
        );
        if (LastSequenceNr > 0)
        {
            MontyEngineTelemetry.CountRecovery();
            Context.System.EventStream.Publish(new SessionAppended(id, CanEndWait: true)); // the last append may have been stored without a reply
        }

        if (pending.Stored.HasFiles || !incarnation.IsFirst)
        {
            files.MarkStale(); // the turn of an earlier incarnation may have changed them without being stored
        }

        Become(Ready);
        if (incarnation.Fault is { } fault && State is { Setup: not null, IsClosed: false, Quarantine: null })
        {
            pending.Stage([fault.Quarantine]);
        }
        else if (incarnation.IsFirst && SessionDecider.Resume(State) is { } resumed)
        {
            mustCountTurn = SessionDecider.NextTurn(State) is not null && resumed.Events[0] is SessionResumed;
            if (!mustCountTurn)
            {
                pending.Stage(resumed.Events); // before the handlers run, so that the attempt is counted if one of them ends the process
            }
        }

        Tell(Advanced([], OpenCalls.Of(pending.Stored)) with { IsRecovered = true });
        if (pending.HasStaged)
        {
            Append();
        }
        else
        {
            Continue();
        }
    }
}
