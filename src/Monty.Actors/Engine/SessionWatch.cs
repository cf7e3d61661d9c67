using System.Collections.Concurrent;

namespace Monty.Actors.Engine;

/// <summary>Tells those who follow a session that something was appended, or that its feed ended.</summary>
/// <remarks>Thread-safe. Costs nothing for sessions that nobody follows.</remarks>
internal sealed class SessionWatch
{
    private readonly ConcurrentDictionary<SessionId, TaskCompletionSource> followed = new();

    /// <summary>How many sessions are followed.</summary>
    public int Count => followed.Count;

    /// <summary>Completes at the next append of the session. Taken before the journal is read, no append is missed.</summary>
    public Task NextAsync(SessionId session) =>
        followed.GetOrAdd(session, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Appended(SessionId session)
    {
        if (followed.TryRemove(session, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Forgets a wait that its follower gave up. Others that share it look at the journal once more.</summary>
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
}
