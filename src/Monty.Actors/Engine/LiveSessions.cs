using System.Collections.Concurrent;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>The sessions in memory: whoever sends to one finds its actor, or makes it; one that ends by a failure is woken again later.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LiveSessions(MontyEngine engine)
{
    private const int Never = int.MaxValue;
    private readonly ConcurrentDictionary<SessionId, SessionActor> actors = new();
    private readonly ConcurrentDictionary<SessionId, int> revivals = new();

    /// <summary>How many there are.</summary>
    public int Count => actors.Count;

    /// <summary>Lets a session leave memory, if it has nothing to do.</summary>
    public async Task PassivateAsync(SessionId session)
    {
        if (!actors.TryGetValue(session, out var actor))
        {
            return;
        }

        await actor.SendAsync(new SessionMessage.Passivate(long.MaxValue), CancellationToken.None).ConfigureAwait(false);
        await actor.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Told of each append.</summary>
    public void Appended(SessionId session) => revivals.TryRemove(session, out _);

    /// <summary>Told by a session's actor when it has read its story.</summary>
    public void Recovered(SessionId session) => revivals.TryRemove(KeyValuePair.Create(session, Never));

    /// <summary>Told by a session's actor at its end. Handlers that run on, or whose answers are not durable yet, belong to the next one.</summary>
    public void Ended(SessionId session, SessionActor actor, Exception? failure, Dictionary<(int Feed, uint CallId), CallActor> handlers)
    {
        if (failure is null || handlers.Count == 0 || !actors.TryUpdate(session, new SessionActor(session, engine, handlers), actor))
        {
            Forget(session, actor);
        }

        if (failure is null)
        {
            revivals.TryRemove(session, out _);
        }

        if (failure is null || engine.IsStopping)
        {
            return;
        }

        engine.Reads.Appended(session, isEnd: true); // the append that failed may have happened
        engine.Report(
            $"{session} left memory: {(failure is JournalException or SessionFencedException or MontyException or InvalidOperationException ? failure.Message : failure.GetType().Name)}",
            failure
        );
        if (failure is SessionFencedException or JournalTamperedException or JournalUnreadableException)
        {
            revivals[session] = Never;
            return;
        }

        var attempt = revivals.AddOrUpdate(session, 1, (_, n) => Math.Min(n, 10) + 1);
        _ = ReviveAsync(session, Backoff.After(attempt));
    }

    /// <summary>Hands how a call ended to its session, whichever actor it has by now.</summary>
    public async ValueTask CallEndedAsync(SessionId session, SessionMessage ended)
    {
        try
        {
            await TellAsync(session, ended, engine.Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The engine stops: the session's actor asks its handlers how they ended.
        }
    }

    /// <summary>Sends a session a message, and waits for its reply.</summary>
    public async Task<T> AskAsync<T>(
        SessionId session,
        Func<TaskCompletionSource<T>, SessionMessage> ask,
        CancellationToken cancellationToken
    )
    {
        var reply = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await TellAsync(session, ask(reply), cancellationToken).ConfigureAwait(false);
        return await reply.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReviveAsync(SessionId session, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, engine.Time, engine.Stopping).ConfigureAwait(false); // on the engine's clock: a store that failed gets time to come back; no time where one is only told to look
            await TellAsync(session, new SessionMessage.Wake(), engine.Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The engine stops; the next one recovers the session.
        }
    }

    /// <summary>Sends a session a message, waiting for room in its mailbox.</summary>
    public async Task TellAsync(SessionId session, SessionMessage message, CancellationToken cancellationToken)
    {
        while (true)
        {
            ThrowIfStopping();
            var actor = ActorOf(session);
            var interrupts = message is SessionMessage.Command { What: CancelCommand or CloseCommand };
            if (interrupts)
            {
                actor.Interrupt();
            }

            try
            {
                if (await actor.SendAsync(message, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (interrupts)
            {
                actor.Withdraw();
                actor.TryWake(); // the turn that it interrupted is due again
                throw;
            }

            await EndOf(actor).WaitAsync(cancellationToken).ConfigureAwait(false);
            Forget(session, actor);
        }

        static async Task EndOf(SessionActor actor) => await actor.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private SessionActor ActorOf(SessionId session)
    {
        if (actors.TryGetValue(session, out var actor))
        {
            return actor;
        }

        var made = new SessionActor(session, engine, []);
        actor = actors.GetOrAdd(session, made);
        if (ReferenceEquals(actor, made))
        {
            MontyEngineTelemetry.CountLive(1);
        }

        if (engine.IsStopping)
        {
            _ = actor.KillAsync(); // the stop may not have seen it
        }

        return actor;
    }

    private void Forget(SessionId session, SessionActor actor)
    {
        if (actors.TryRemove(KeyValuePair.Create(session, actor)))
        {
            MontyEngineTelemetry.CountLive(-1);
        }
    }

    /// <summary>Lets a session look for what is due, without waiting.</summary>
    /// <returns>False when it could not be told.</returns>
    public bool TryWake(SessionId session)
    {
        if (revivals.TryGetValue(session, out var attempts) && attempts == Never)
        {
            return true; // only a command tries that one again
        }

        if (engine.IsStopping)
        {
            return false;
        }

        var actor = ActorOf(session);
        if (actor.TryWake())
        {
            return true;
        }

        if (!actor.IsEnding)
        {
            return false;
        }

        if (actor.MayWakeNext())
        {
            _ = ReviveAsync(session, TimeSpan.Zero); // it leaves memory in this moment; the one after it is told
        }

        return true;
    }

    /// <summary>Lets sessions leave memory that nobody used for a while.</summary>
    public void Sweep()
    {
        var unused = engine.Time.GetTimestamp() - (long)(engine.Options.IdleTimeout.TotalSeconds * engine.Time.TimestampFrequency);
        foreach (var actor in actors.Values.Where(a => a.LastUsed <= unused))
        {
            actor.TrySend(new SessionMessage.Passivate(unused));
        }
    }

    /// <summary>Ends all of them, once the engine stops.</summary>
    /// <param name="atOnce">True where nothing more may be written.</param>
    public async Task EndAsync(bool atOnce)
    {
        while (!actors.IsEmpty)
        {
            await Task.WhenAll(actors.Select(a => atOnce ? KillAsync(a.Key, a.Value) : HaltAsync(a.Key, a.Value)))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends what has not ended, whatever it does.</summary>
    public void KillAll()
    {
        foreach (var (session, actor) in actors)
        {
            _ = KillAsync(session, actor);
        }
    }

    private Task KillAsync(SessionId session, SessionActor actor) => HandlerCancellation.RunAsync(actor.KillAsync, session, engine.Options);

    private Task HaltAsync(SessionId session, SessionActor actor) => HandlerCancellation.RunAsync(actor.HaltAsync, session, engine.Options);

    private void ThrowIfStopping()
    {
        if (engine.IsStopping)
        {
            throw Over(
                $"The engine {(engine.Lost.IsCancellationRequested ? "lost its store and " : "")}has stopped. Send the command again, under the same id, to the one that starts next."
            );
        }
    }

    private static ObjectDisposedException Over(string message) => new(message, innerException: null);
}
