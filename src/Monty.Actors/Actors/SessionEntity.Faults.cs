using Akka.Actor;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <content>Faults: a session that fails again and again is quarantined, or stuck if the quarantine cannot be stored.</content>
internal sealed partial class SessionEntity
{
    /// <summary>
    /// Records that the session actor failed for a reason that is held against the session. A command that it had is refused after some failures, since the
    /// session may be able to continue without it. Otherwise the session is quarantined.
    /// </summary>
    private void CountFault(SessionFault next)
    {
        fault = next;
        isFaulted = true;
        if (queue.CountFault() is not { } suspects)
        {
            faults++;
            return;
        }

        foreach (var suspect in suspects)
        {
            queue.Answer(
                suspect.Token,
                new SessionReply.Refused(
                    SessionRefusal.Invalid,
                    $"The command was not applied, because it failed {SessionFault.Max} times with {next.Cause.GetType().Name}. Send another one."
                )
            );
        }
    }

    /// <summary>Refuses the commands whose change the store does not accept. Without such a command, the session itself is at fault.</summary>
    private void RefuseCommands(ChangeRefusedException refused)
    {
        fault = new SessionFault("storing a change", refused);
        isFaulted = true;
        var commands = queue.Suspects;
        if (commands.Count == 0)
        {
            faults++;
            return;
        }

        foreach (var command in commands)
        {
            queue.Answer(
                command.Token,
                new SessionReply.Refused(
                    SessionRefusal.TooLarge,
                    $"The command cannot be stored: {refused.Message} Send less or other content."
                )
            );
        }
    }

    /// <summary>Gives up until a close or cancel is stored, or the engine is started again. Nothing is run and only reads are possible.</summary>
    private void BecomeStuck()
    {
        if (stuck is null)
        {
            stuck =
                $"{id} is stuck: {fault!.Reason}, and its quarantine could not be stored either. "
                + "Find the cause with OnProblem, and close the session or start the engine again.";
            settings.Problems.Report(stuck, fault.Cause);
            settings.Stuck[id] = stuck;
            MontyEngineTelemetry.CountStuck(1);
        }

        foreach (var call in calls.Values)
        {
            Context.Stop(call.Actor);
        }

        calls.Clear();
        mustRun = false;
        queue.AnswerAll(new SessionReply.Refused(SessionRefusal.Stuck, stuck));
    }

    private void EndStuck()
    {
        if (stuck is not null)
        {
            stuck = null;
            settings.Stuck.TryRemove(id, out _);
            MontyEngineTelemetry.CountStuck(-1);
        }
    }

    /// <summary>Ends a call whose actor failed.</summary>
    private void EndFailedCall(IActorRef actor)
    {
        foreach (var ((feed, callId), call) in calls.Where(c => c.Value.Actor.Equals(actor)))
        {
            call.Progress = new EndCallCommand(feed, callId, MontyAnswer.Raise("RuntimeError", "the engine failed to run the call"));
            queue.AddInternal(call.Progress);
        }

        Pass();
    }
}
