using System.Collections.Concurrent;
using Akka.Actor;
using Monty.Actors.Actors;

namespace Monty.Actors.Region;

/// <summary>Notifies the followers of a session about each append.</summary>
/// <remarks>Thread-safe. Appends of sessions without followers cost almost nothing.</remarks>
internal sealed class SessionWatch
{
    private readonly ConcurrentDictionary<(SessionId Session, bool OnlyEnds), TaskCompletionSource> followed = new();

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
    /// <param name="session">The session.</param>
    /// <param name="onlyEnds">True for the next append that can end a wait for a feed. The history need not be read for the others.</param>
    public Task NextAsync(SessionId session, bool onlyEnds = false) =>
        followed
            .GetOrAdd((session, onlyEnds), static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .Task;

    /// <summary>Forgets an abandoned wait. Other followers that share it read the history once more.</summary>
    public void Leave(SessionId session, Task next, bool onlyEnds = false)
    {
        var key = (session, onlyEnds);
        if (followed.TryGetValue(key, out var waiting) && waiting.Task == next && followed.TryRemove(KeyValuePair.Create(key, waiting)))
        {
            waiting.TrySetResult();
        }
    }

    private void Appended(SessionAppended appended)
    {
        Complete((appended.Session, false));
        if (appended.CanEndWait)
        {
            Complete((appended.Session, true));
        }
    }

    private void Complete((SessionId Session, bool OnlyEnds) key)
    {
        if (followed.TryRemove(key, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(SessionWatch watch) => Receive<SessionAppended>(watch.Appended);

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(SessionAppended));
    }
}
