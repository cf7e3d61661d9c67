using Monty.Actors;

namespace Monty.Testing.Engine;

/// <summary>What happened in a session, and waits for what happens.</summary>
public static class EngineEvents
{
    /// <summary>The first event of a session's story that is wanted, there already or still to come.</summary>
    public static async Task<SessionEvent> EventAsync(this MontyEngine engine, SessionId session, Predicate<SessionEvent> wanted)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(wanted);
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        await foreach (var stored in engine.FollowAsync(session, 0, timeout.Token).ConfigureAwait(false))
        {
            if (wanted(stored.Event))
            {
                return stored.Event;
            }
        }

        throw new InvalidOperationException("The session was closed.");
    }

    /// <summary>How a feed ends, or ended.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="session">The session.</param>
    /// <param name="feed">Which end: that of the first feed is 1.</param>
    public static async Task<FeedOutcome> EndAsync(this MontyEngine engine, SessionId session, int feed = 1)
    {
        var left = feed;
        return ((FeedEnded)await engine.EventAsync(session, e => e is FeedEnded && --left == 0).ConfigureAwait(false)).Outcome;
    }

    /// <summary>A session's story up to now.</summary>
    public static async Task<IReadOnlyList<SessionEvent>> StoryAsync(this MontyEngine engine, SessionId session)
    {
        ArgumentNullException.ThrowIfNull(engine);
        List<SessionEvent> story = [];
        await foreach (var stored in engine.ReadAsync(session, 0).ConfigureAwait(false))
        {
            story.Add(stored.Event);
        }

        return story;
    }

    /// <summary>Opens a session and feeds it.</summary>
    public static async Task FeedAsync(this MontyEngine engine, SessionId session, string code, string commandId = "feed")
    {
        ArgumentNullException.ThrowIfNull(engine);
        await engine.SendAsync(session, new OpenCommand("open", new SessionSetup())).ConfigureAwait(false);
        await engine.AcceptAsync(session, new FeedCommand(commandId, code)).ConfigureAwait(false);
    }

    /// <summary>Sends a command that has to be accepted.</summary>
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
