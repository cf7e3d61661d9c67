using Monty.Actors;

namespace Monty.Testing.Engine;

/// <summary>Reads the events of sessions, and waits for events.</summary>
public static class EngineEvents
{
    /// <summary>Returns the first event in the history of a session that meets a condition, waiting for it if necessary.</summary>
    public static async Task<SessionEvent> EventAsync(this MontyEngine engine, SessionId session, Predicate<SessionEvent> condition)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(condition);
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        await foreach (var stored in engine.FollowAsync(session, 0, timeout.Token).ConfigureAwait(false))
        {
            if (condition(stored.Event))
            {
                return stored.Event;
            }
        }

        throw new InvalidOperationException("The session was closed before the expected event.");
    }

    /// <summary>Returns the outcome of a feed, waiting for its end if necessary.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="session">The session.</param>
    /// <param name="feed">The number of the feed in the session, from 1.</param>
    public static async Task<FeedOutcome> EndAsync(this MontyEngine engine, SessionId session, int feed = 1)
    {
        var remaining = feed;
        var ended = await engine.EventAsync(session, e => e is FeedEnded && --remaining == 0).ConfigureAwait(false);
        return ((FeedEnded)ended).Outcome;
    }

    /// <summary>Returns the history of a session up to now.</summary>
    public static async Task<IReadOnlyList<SessionEvent>> HistoryAsync(this MontyEngine engine, SessionId session)
    {
        ArgumentNullException.ThrowIfNull(engine);
        List<SessionEvent> history = [];
        await foreach (var stored in engine.ReadAsync(session, 0).ConfigureAwait(false))
        {
            history.Add(stored.Event);
        }

        return history;
    }

    /// <summary>Opens a session and sends it a feed, which must be accepted.</summary>
    public static async Task FeedAsync(this MontyEngine engine, SessionId session, string code, string commandId = "feed")
    {
        ArgumentNullException.ThrowIfNull(engine);
        await engine.SendAsync(session, new OpenCommand("open", new SessionSetup())).ConfigureAwait(false);
        await engine.AcceptAsync(session, new FeedCommand(commandId, code)).ConfigureAwait(false);
    }

    /// <summary>Sends a command, which must be accepted.</summary>
    public static async Task AcceptAsync(this MontyEngine engine, SessionId session, SessionCommand command)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var reply = await engine.SendAsync(session, command).InTime().ConfigureAwait(false);
        if (reply is not SessionReply.Accepted)
        {
            throw new InvalidOperationException($"{command} was not accepted: {reply}");
        }
    }
}
