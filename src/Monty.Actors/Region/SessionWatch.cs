using System.Collections.Concurrent;
using Akka.Actor;
using Monty.Actors.Actors;

namespace Monty.Actors.Region;

/// <summary>Notifies the followers of a session about each append.</summary>
/// <remarks>Thread-safe. Appends of sessions without followers cost almost nothing.</remarks>
internal sealed class SessionWatch
{
    private readonly ConcurrentDictionary<SessionId, TaskCompletionSource> followed = new();

    private SessionWatch() { }

    /// <summary>The number of followed sessions.</summary>
    public int Count => followed.Count;

    /// <summary>Starts to watch the sessions of an actor system.</summary>
    public static SessionWatch Start(ActorSystem system)
    {
        var watch = new SessionWatch();
        system.ActorOf(Props.Create<Listener>(watch), "watch");
        return watch;
    }

    /// <summary>Returns a task that completes at the next append of a session. Call it before reading the history, so that no append is missed.</summary>
    public Task NextAsync(SessionId session) =>
        followed.GetOrAdd(session, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Forgets an abandoned wait. Other followers that share it read the history once more.</summary>
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
