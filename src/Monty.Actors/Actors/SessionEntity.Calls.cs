using Akka.Actor;

namespace Monty.Actors.Actors;

/// <content>Calls: each open call has an actor.</content>
internal sealed partial class SessionEntity
{
    private void EnqueueProgress(CallProgressed progress)
    {
        if (calls.TryGetValue((progress.Feed, progress.CallId), out var call) && call.Actor.Equals(Sender))
        {
            call.Progress = progress.Command;
            queue.AddInternal(progress.Command);
            Pass();
        }
    }

    /// <summary>Starts, updates and stops call actors, so that each open call has one.</summary>
    private void AdjustCalls(OpenCalls changed, bool isRecovered)
    {
        foreach (var (key, call) in calls.Where(c => c.Key.Feed != changed.Feed || !changed.Calls.ContainsKey(c.Key.CallId)).ToList())
        {
            calls.Remove(key);
            Context.Stop(call.Actor);
        }

        var isReleased = arePaused && !changed.IsPaused;
        arePaused = changed.IsPaused;
        if (isStopping || stuck is not null)
        {
            due = EarliestTime(changed.Calls.Values.Select(c => CallTimes.From(c, CallTimes.None, null, settings.Time)));
            return; // nothing is started while the entity stops or the session is stuck
        }

        foreach (var call in changed.Calls.Values)
        {
            var reached = isRecovered ? wokenAt : null;
            if (!calls.TryGetValue((changed.Feed, call.CallId), out var known))
            {
                if (arePaused)
                {
                    continue;
                }

                var actor = Context.ActorOf(
                    Props.Create<CallActor>(
                        id,
                        new OpenedCall(changed.Feed, call, isRecovered || isReleased) { Reached = reached },
                        settings,
                        files
                    ),
                    $"call-{changed.Feed}-{call.CallId}"
                );
                var times = CallTimes.From(call, CallTimes.None, reached, settings.Time);
                calls.Add((changed.Feed, call.CallId), new OpenCallActor(actor, call, times));
            }
            else if (isReleased || !ReferenceEquals(known.Call, call))
            {
                known.Call = call;
                known.Times = CallTimes.From(call, known.Times, null, settings.Time);
                known.Actor.Tell(new CallUpdated(call));
            }
        }
    }

    private sealed class OpenCallActor(IActorRef actor, OpenCall call, CallTimes times)
    {
        public IActorRef Actor { get; } = actor;

        public OpenCall Call { get; set; } = call;

        /// <summary>The times at which the call ends or is tried again by itself.</summary>
        public CallTimes Times { get; set; } = times;

        /// <summary>The last message of the call actor that may not be stored yet, or null.</summary>
        public SessionCommand? Progress { get; set; }
    }
}
