using Monty.Testing;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Waits for what happens in a session.</summary>
internal static class EngineEvents
{
    /// <summary>The first event of a session's story that is wanted, there already or still to come.</summary>
    public static async Task<SessionEvent> EventAsync(this MontyEngine engine, SessionId session, Predicate<SessionEvent> wanted)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TestTimeouts.Generous);
        await foreach (var stored in engine.FollowAsync(session, 0, timeout.Token))
        {
            if (wanted(stored.Event)) return stored.Event;
        }

        throw new InvalidOperationException("The session was closed.");
    }
}
