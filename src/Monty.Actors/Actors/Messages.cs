using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Monty.Actors.Turns;

namespace Monty.Actors.Actors;

/// <summary>A message on its way to a session: the region passes it to the session's entity.</summary>
/// <param name="Session">The session.</param>
/// <param name="Message">The message.</param>
internal sealed record SessionEnvelope(SessionId Session, object Message);

/// <summary>Asks a session to apply a command. The reply is a <see cref="SessionReply"/>, or a <see cref="Status.Failure"/> where it is unknown whether the command was applied.</summary>
/// <param name="Command">The command.</param>
internal sealed record SendCommand(SessionCommand Command);

/// <summary>Lets a session look for what it has to do by itself. Does nothing to a session that is at work.</summary>
internal sealed record WakeUp
{
    public static WakeUp Instance { get; } = new();
}

/// <summary>Asks an idle session for what a fork begins with. The reply is a <see cref="ForkSource"/>.</summary>
/// <param name="Command">The command to fork.</param>
internal sealed record GetForkSource(ForkCommand Command);

/// <summary>Asks a session that does not exist to begin as a fork. The reply is that to <see cref="SendCommand"/>.</summary>
/// <param name="Source">What it begins with.</param>
internal sealed record StartAsFork(ForkSource Source);

/// <summary>Ends an entity: nothing is started, the append under way ends, the handlers are cancelled.</summary>
internal sealed record StopSession
{
    public static StopSession Instance { get; } = new();
}

/// <summary>Asks a session actor whether it waits for the store. It answers <see cref="NotWaiting"/> if it does not, and else once the store has answered.</summary>
internal sealed record Probe : INoSerializationVerificationNeeded
{
    public static Probe Instance { get; } = new();
}

/// <summary>The answer to <see cref="Probe"/>.</summary>
internal sealed record NotWaiting : INoSerializationVerificationNeeded
{
    public static NotWaiting Instance { get; } = new();
}

/// <summary>Asks a session actor to cancel its turn and to start no other. It still takes commands.</summary>
internal sealed record StopTurns : INoSerializationVerificationNeeded
{
    public static StopTurns Instance { get; } = new();
}

/// <summary>Asks a session to leave memory as soon as it has no command to answer and no handler that runs. The reply, <see cref="SessionLeft"/>, comes once it has.</summary>
internal sealed record LeaveMemory : INoSerializationVerificationNeeded
{
    public static LeaveMemory Instance { get; } = new();
}

/// <summary>The reply to <see cref="LeaveMemory"/>: the session is in the store only.</summary>
internal sealed record SessionLeft : INoSerializationVerificationNeeded
{
    public static SessionLeft Instance { get; } = new();
}

/// <summary>Asks the region to let an entity leave memory: messages for it are kept from here on until it has stopped.</summary>
internal sealed record Passivate
{
    public static Passivate Instance { get; } = new();
}

/// <summary>Passes a command from the entity to the session actor.</summary>
/// <param name="Token">The entity's number for it.</param>
/// <param name="Request">A <see cref="SessionCommand"/>, <see cref="GetForkSource"/> or <see cref="StartAsFork"/>.</param>
internal sealed record Execute(long Token, object Request) : INoSerializationVerificationNeeded;

/// <summary>What became of a command.</summary>
/// <param name="Token">The entity's number for it.</param>
/// <param name="Reply">The reply to the sender.</param>
internal sealed record Executed(long Token, object Reply);

/// <summary>The calls of a session that are open.</summary>
/// <param name="Feed">The number of the open feed; 0 for none.</param>
/// <param name="Calls">The open calls by id.</param>
internal sealed record OpenCalls(int Feed, ImmutableSortedDictionary<uint, OpenCall> Calls)
{
    /// <summary>No open calls.</summary>
    public static OpenCalls None { get; } = new(0, ImmutableSortedDictionary<uint, OpenCall>.Empty);

    /// <summary>Returns the calls of a session for which something runs or is waited for: none in quarantine.</summary>
    public static OpenCalls Of(SessionState state) =>
        state is { Feed: { } feed, Quarantine: null } ? new OpenCalls(feed.Number, feed.Calls) : None;
}

/// <summary>A call for which a call actor is started.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="Call">The call.</param>
/// <param name="IsRecovered">True when the call was open before this process had the session: what it asks for may have been done, and its answer lost.</param>
internal sealed record OpenedCall(int Feed, OpenCall Call, bool IsRecovered);

/// <summary>Tells the entity how far the session is: after its recovery, after each append, and when it refuses a command.</summary>
/// <param name="Replies">The replies to commands.</param>
/// <param name="Calls">The calls that are open now; null where they did not change.</param>
/// <param name="IsReady">True when the session actor takes the next command.</param>
internal sealed record SessionAdvanced(IReadOnlyList<Executed> Replies, OpenCalls? Calls, bool IsReady) : INoSerializationVerificationNeeded
{
    /// <summary>True when the session does not exist or is closed, so that nothing is kept in memory for it.</summary>
    public bool IsOver { get; init; }

    /// <summary>True when the session has something to do without being asked: a turn or a handler.</summary>
    public bool HasWork { get; init; }

    /// <summary>True when the session was recovered just now.</summary>
    public bool IsRecovered { get; init; }
}

/// <summary>Tells the entity that storage failed. The session actor stops, and is started again later.</summary>
/// <param name="Failure">What happened.</param>
internal sealed record StorageFailed(Exception Failure) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that the session's history cannot be used. The session actor stops.</summary>
/// <param name="Reason">Why, for people.</param>
internal sealed record SessionUnreadable(string Reason) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that an append was not stored because of another writer. The session actor stops.</summary>
/// <param name="IsFenced">True when another engine has claimed the store.</param>
/// <param name="Failure">What happened.</param>
internal sealed record AppendRejected(bool IsFenced, Exception Failure) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity how a handler ended, or that a deadline has come. The entity passes the command on until it is stored.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The call.</param>
/// <param name="Command">What the session is asked to record.</param>
internal sealed record CallProgressed(int Feed, uint CallId, SessionCommand Command) : INoSerializationVerificationNeeded;

/// <summary>Tells a call actor that its call has changed: an attempt failed, or another may start.</summary>
/// <param name="Call">The call.</param>
internal sealed record CallUpdated(OpenCall Call) : INoSerializationVerificationNeeded;

/// <summary>Asks a call actor to cancel its handler and to stop when the handler has ended.</summary>
internal sealed record CancelCall : INoSerializationVerificationNeeded
{
    public static CancelCall Instance { get; } = new();
}

/// <summary>Published on the event stream after each append, for those who follow or wait.</summary>
/// <param name="Session">The session.</param>
internal sealed record SessionAppended(SessionId Session) : INoSerializationVerificationNeeded;

/// <summary>The end of a turn, one message for each progress state: a closed hierarchy.</summary>
/// <param name="Run">The turn as it ran.</param>
internal abstract record TurnEnded(TurnRun Run) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The script waits at a call of a function.</summary>
    public sealed record FunctionCalled(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script waits at a call to the operating system that changes the host.</summary>
    public sealed record OsCalled(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script waits for the value of a name. The engine answers names within the turn, so that this ends no turn but in a test.</summary>
    public sealed record NameLookedUp(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script waits for calls that it awaits.</summary>
    public sealed record FuturesAwaited(TurnRun Run) : TurnEnded(Run);

    /// <summary>The feed ran to its end.</summary>
    public sealed record Completed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The feed was ended by an exception, a limit or the runtime.</summary>
    public sealed record Failed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The type check refused the feed.</summary>
    public sealed record TypingFailed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The worker died, or the turn was discarded by the engine.</summary>
    public sealed record TurnLost(TurnRun Run) : TurnEnded(Run);
}

/// <summary>A turn that was not run to its end for a reason that is not the session's: it was cancelled, or no worker could be started.</summary>
/// <param name="Failure">What happened.</param>
internal sealed record TurnNotRun(Exception Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
