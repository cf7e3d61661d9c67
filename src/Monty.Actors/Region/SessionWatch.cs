using System.Collections.Concurrent;
using Akka.Actor;
using Monty.Actors.Actors;

namespace Monty.Actors.Region;

/// <summary>Tells those who follow a session that something was appended.</summary>
/// <remarks>Thread-safe. Costs next to nothing for sessions that are not followed.</remarks>
internal sealed class SessionWatch
{
    private readonly ConcurrentDictionary<SessionId, TaskCompletionSource> followed = new();

    private SessionWatch() { }

    /// <summary>How many sessions are followed.</summary>
    public int Count => followed.Count;

    /// <summary>Starts a watch of the sessions of an actor system.</summary>
    public static SessionWatch Start(ActorSystem system)
    {
        var watch = new SessionWatch();
        system.ActorOf(Props.Create<Listener>(watch), "watch");
        return watch;
    }

    /// <summary>Returns a task that completes at the next append of a session. Taken before the history is read, no append is missed.</summary>
    public Task NextAsync(SessionId session) =>
        followed.GetOrAdd(session, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Forgets a wait that was given up. Others that share it look at the history once more.</summary>
    public void Leave(SessionId session, Task next)
    {
        if (
            followed.TryGetValue(session, out var waiting)
            && waiting.Task == next
            && followed.TryRemove(KeyValuePair.Create(session, waiting))
        )
        {
            waiting.TrySetResult();
        }
    }

    private void Appended(SessionId session)
    {
        if (followed.TryRemove(session, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(SessionWatch watch) => Receive<SessionAppended>(appended => watch.Appended(appended.Session));

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(SessionAppended));
    }
}
