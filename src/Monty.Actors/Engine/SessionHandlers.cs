using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>The handlers that run for one session's calls. They outlive its actor when that fails: the next one takes them over.</summary>
/// <remarks>Its session's alone.</remarks>
/// <param name="id">The session.</param>
/// <param name="engine">The engine.</param>
/// <param name="os">The session's files.</param>
/// <param name="running">What runs already, by feed and call.</param>
internal sealed class SessionHandlers(
    SessionId id,
    MontyEngine engine,
    SessionOs os,
    Dictionary<(int Feed, uint CallId), CallActor> running
)
{
    /// <summary>True when none runs.</summary>
    public bool AreNone => running.Count == 0;

    /// <summary>How those ended that have, and whose ends may not be durable yet.</summary>
    public IReadOnlyList<SessionCommand> Outcomes => [.. running.Values.Select(c => c.Outcome).OfType<SessionCommand>()];

    /// <summary>After a recovery: keeps those that are still wanted, ends the others, and starts those that are missing.</summary>
    /// <param name="state">The session.</param>
    /// <param name="mayStart">False where nothing may begin.</param>
    public void Adjust(SessionState state, bool mayStart)
    {
        var wanted = state.Feed is { } feed ? feed.Calls.Values.Where(c => c.IsRunning).ToDictionary(c => (feed.Number, c.CallId)) : [];
        foreach (
            var (key, handler) in running
                .Where(c => !wanted.TryGetValue(c.Key, out var call) || call.FailedAttempts + 1 != c.Value.Attempt)
                .ToList()
        )
        {
            running.Remove(key);
            _ = KillAsync(handler);
        }

        foreach (var (key, call) in mayStart ? wanted.Where(c => !running.ContainsKey(c.Key)) : [])
        {
            Start(key.Number, call, mayBeDone: true);
        }
    }

    /// <summary>Starts and stops handlers.</summary>
    public void Act(SessionState state, IEnumerable<SessionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SessionEffect.StartCall start
                    when state.Feed is { } feed
                        && feed.Number == start.Feed
                        && feed.Calls.TryGetValue(start.CallId, out var call)
                        && call.IsRunning:
                    Start(start.Feed, call, mayBeDone: start.Attempt > 1);
                    break;
                case SessionEffect.StopCall stop when running.Remove((stop.Feed, stop.CallId), out var actor):
                    _ = KillAsync(actor);
                    break;
            }
        }
    }

    /// <summary>Completes when none of them uses the session's files any more.</summary>
    public Task FilesDoneAsync() => Task.WhenAll(running.Values.Select(c => c.FilesDone));

    /// <summary>Cancels all of them.</summary>
    /// <returns>How each ends: null where it was cancelled.</returns>
    public IReadOnlyList<Task<SessionCommand?>> Kill()
    {
        var ends = running.Values.Select(KillAsync).ToList();
        running.Clear();
        return ends;
    }

    /// <summary>Gives them to the session's next actor.</summary>
    public Dictionary<(int Feed, uint CallId), CallActor> HandOver() => running;

    private async Task<SessionCommand?> KillAsync(CallActor handler)
    {
        await HandlerCancellation.RunAsync(handler.KillAsync, id, engine.Options).ConfigureAwait(false);
        return handler.Outcome;
    }

    private void Start(int feed, OpenCall call, bool mayBeDone)
    {
        var tool = call.IsForFiles ? null : engine.Tools.Find(call.Name);
        Func<MontyAnswer>? changeFiles = null;
        if (call.IsForFiles)
        {
            os.Open(); // where that fails, the session's actor does, and is tried again
            changeFiles = () => os.Change(call, mayBeDone);
        }
        else if (tool is not { Handler: not null })
        {
            _ = engine
                .Live.CallEndedAsync(
                    id,
                    new SessionMessage.CallEnded(
                        new EndCallCommand(
                            feed,
                            call.CallId,
                            MontyAnswer.Raise("RuntimeError", $"the engine has no handler for {call.Name} any more")
                        )
                    )
                )
                .AsTask();
            return;
        }

        var actor = running[(feed, call.CallId)] = new CallActor(
            id,
            feed,
            call,
            tool,
            changeFiles,
            engine.Options,
            ended => engine.Live.CallEndedAsync(id, ended)
        );
        actor.TrySend(actor.Attempt);
    }
}
