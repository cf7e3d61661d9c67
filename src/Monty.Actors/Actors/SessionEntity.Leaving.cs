using Akka.Actor;

namespace Monty.Actors.Actors;

/// <content>The end: the session leaves memory when it is idle, or stops with the engine.</content>
internal sealed partial class SessionEntity
{
    private void PassivateIfIdle()
    {
        if (settings.Time.GetElapsedTime(lastUsed) >= settings.Options.IdleTimeout && IsIdle && AreHandlersIdle && stuck is null)
        {
            Context.Parent.Tell(Passivate.Instance);
        }
    }

    private void Leave()
    {
        mayLeave = true;
        LeaveIfAsked();
    }

    private void LeaveIfAsked()
    {
        if (!mayLeave || !IsIdle)
        {
            return; // checked again when the session is ready
        }

        mayLeave = false;
        if (AreHandlersIdle)
        {
            Context.Parent.Tell(Passivate.Instance);
        }
    }

    private bool IsIdle => !queue.HasWork && !mustRun && (session is null || isReady);

    private bool AreHandlersIdle => calls.Values.All(c => !c.Call.IsRunning && (arePaused || c is { Call.RetryAt: null, Progress: null }));

    /// <summary>
    /// Stops in an orderly way: cancels the turn and the handlers, starts no other turn, and stores the commands that were sent and the results of handlers
    /// that return a value in spite of the cancellation. Then the session actor stops.
    /// </summary>
    private void Stop()
    {
        isStopping = true;
        due = EarliestTime(calls.Values.Select(c => c.Times));
        Timers.CancelAll();
        foreach (var call in calls.Values)
        {
            Context.Watch(call.Actor);
            call.Actor.Tell(CancelCall.Instance);
        }

        session?.Tell(StopTurns.Instance);
        StopIfDone();
    }

    private void StopIfDone()
    {
        if (!isStopping || calls.Count > 0 || (session is not null && queue.HasWork))
        {
            return;
        }

        if (session is null)
        {
            Context.Stop(Self);
        }
        else
        {
            isSessionAskedToStop = true;
            session.Tell(StopSession.Instance);
        }
    }

    private DueTime? EarliestTime(IEnumerable<CallTimes> open) => arePaused ? null : open.Select(c => c.Earliest).MinBy(d => d?.At);

    private void ReportUnstoredAnswers()
    {
        foreach (var ended in queue.Requests.OfType<EndCallCommand>())
        {
            settings.Options.Report(
                $"The answer of call {ended.CallId} in feed {ended.Feed} of {id} could not be stored before the session left memory. "
                    + "Its handler runs again, under the same idempotency key.",
                null
            );
        }
    }
}
