using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Monty.Actors.Turns;

namespace Monty.Actors.Actors;

/// <summary>A message to a session. The region forwards it to the session's entity.</summary>
/// <param name="Session">The session.</param>
/// <param name="Message">The message.</param>
internal sealed record SessionEnvelope(SessionId Session, object Message);

/// <summary>
/// Asks a session to apply a command. The reply is a <see cref="SessionReply"/>, or a <see cref="Status.Failure"/> if it is unknown whether the command was
/// applied.
/// </summary>
/// <param name="Command">The command.</param>
internal sealed record SendCommand(SessionCommand Command);

/// <summary>Asks a session to start the work that it has to do by itself. Has no effect on a session that is already at work.</summary>
internal sealed record WakeUp
{
    public static WakeUp Instance { get; } = new();

    /// <summary>The stored time that was reached, in UTC, or null if the session is woken for another reason. The clock need not show this time.</summary>
    public DateTimeOffset? Reached { get; init; }
}

/// <summary>Asks an idle session for the data that a fork starts with. The reply is a <see cref="ForkSource"/>.</summary>
/// <param name="Command">The fork command.</param>
internal sealed record GetForkSource(ForkCommand Command);

/// <summary>Asks a session that does not exist to start as a fork. The reply is the same as for <see cref="SendCommand"/>.</summary>
/// <param name="Source">The data to start with.</param>
internal sealed record StartAsFork(ForkSource Source);

/// <summary>Stops an entity: it starts nothing new, finishes the current append, and cancels its handlers.</summary>
internal sealed record StopSession
{
    public static StopSession Instance { get; } = new();
}

/// <summary>
/// Asks a session actor whether it waits for the store. It replies <see cref="NotWaiting"/>, immediately if it does not wait and otherwise when the store has
/// answered.
/// </summary>
internal sealed record Probe : INoSerializationVerificationNeeded
{
    public static Probe Instance { get; } = new();
}

/// <summary>The reply to <see cref="Probe"/>.</summary>
internal sealed record NotWaiting : INoSerializationVerificationNeeded
{
    public static NotWaiting Instance { get; } = new();
}

/// <summary>Asks a session actor to cancel its turn and to start no other turn. It still accepts commands.</summary>
internal sealed record StopTurns : INoSerializationVerificationNeeded
{
    public static StopTurns Instance { get; } = new();
}

/// <summary>
/// Asks a session to leave memory as soon as no command is unanswered and no handler runs. The reply <see cref="SessionLeft"/> is sent when it has left.
/// </summary>
internal sealed record LeaveMemory : INoSerializationVerificationNeeded
{
    public static LeaveMemory Instance { get; } = new();
}

/// <summary>The reply to <see cref="LeaveMemory"/>: the session exists only in the store.</summary>
internal sealed record SessionLeft : INoSerializationVerificationNeeded
{
    public static SessionLeft Instance { get; } = new();
}

/// <summary>Asks the region to remove an entity from memory. The region keeps messages for the session until the entity has stopped.</summary>
internal sealed record Passivate
{
    public static Passivate Instance { get; } = new();
}

/// <summary>Passes a command from the entity to the session actor.</summary>
/// <param name="Token">The entity's number of the command.</param>
/// <param name="Request">A <see cref="SessionCommand"/>, <see cref="GetForkSource"/> or <see cref="StartAsFork"/>.</param>
internal sealed record Execute(long Token, object Request) : INoSerializationVerificationNeeded;

/// <summary>The result of a command.</summary>
/// <param name="Token">The entity's number of the command.</param>
/// <param name="Reply">The reply to the sender.</param>
internal sealed record Executed(long Token, object Reply);

/// <summary>The open calls of a session.</summary>
/// <param name="Feed">The number of the open feed, or 0 for none.</param>
/// <param name="Calls">The open calls by id.</param>
internal sealed record OpenCalls(int Feed, ImmutableSortedDictionary<uint, OpenCall> Calls)
{
    /// <summary>No open calls.</summary>
    public static OpenCalls None { get; } = new(0, ImmutableSortedDictionary<uint, OpenCall>.Empty);

    /// <summary>True in quarantine: handlers that run continue, and nothing else starts or elapses.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Returns the open calls of a session.</summary>
    public static OpenCalls Of(SessionState state) =>
        state.Feed is { } feed ? new OpenCalls(feed.Number, feed.Calls) { IsPaused = state.Quarantine is not null } : None;
}

/// <summary>A call for which a call actor is started.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="Call">The call.</param>
/// <param name="IsRecovered">
/// True if the call was open before this process loaded the session. Its effect may have happened already, and its answer may be lost.
/// </param>
internal sealed record OpenedCall(int Feed, OpenCall Call, bool IsRecovered)
{
    /// <summary>A time of the call that was reached while the session was not in memory, in UTC, or null.</summary>
    public DateTimeOffset? Reached { get; init; }
}

/// <summary>Tells the entity about the progress of the session: after its recovery, after each append, and when it refuses a command.</summary>
/// <param name="Replies">The replies to commands.</param>
/// <param name="Calls">The calls that are open now, or null if they did not change.</param>
/// <param name="IsReady">True if the session actor accepts the next command.</param>
internal sealed record SessionAdvanced(IReadOnlyList<Executed> Replies, OpenCalls? Calls, bool IsReady) : INoSerializationVerificationNeeded
{
    /// <summary>True if the session does not exist or is closed, so that nothing is kept in memory for it.</summary>
    public bool IsOver { get; init; }

    /// <summary>True if the session has a turn or a handler to run without a command.</summary>
    public bool HasWork { get; init; }

    /// <summary>True if the session was just recovered.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>True if a change was just stored.</summary>
    public bool IsStored => Calls is not null && !IsRecovered;
}

/// <summary>Tells the entity that the store failed. The session actor stops, and is started again later.</summary>
/// <param name="Failure">The failure.</param>
internal sealed record StorageFailed(Exception Failure) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that the session actor failed for a reason that is held against the session. The session actor stops.</summary>
/// <param name="Fault">The fault.</param>
internal sealed record SessionFaulted(SessionFault Fault) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that the session's history is not usable. The session actor stops.</summary>
/// <param name="Reason">The reason, for people.</param>
internal sealed record SessionUnreadable(string Reason) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that an append was rejected, because of another writer or because of its content. The session actor stops.</summary>
/// <param name="IsFenced">True if another engine has claimed the store.</param>
/// <param name="Failure">The failure.</param>
internal sealed record AppendRejected(bool IsFenced, Exception Failure) : INoSerializationVerificationNeeded;

/// <summary>Tells the entity that a handler ended or a deadline passed. The entity passes the command on until it is stored.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call.</param>
/// <param name="Command">The command to record.</param>
internal sealed record CallProgressed(int Feed, uint CallId, SessionCommand Command) : INoSerializationVerificationNeeded;

/// <summary>Tells a call actor that its call has changed: an attempt failed, or the next one may start.</summary>
/// <param name="Call">The call.</param>
internal sealed record CallUpdated(OpenCall Call) : INoSerializationVerificationNeeded;

/// <summary>Asks a call actor to cancel its handler, and to stop when the handler has ended.</summary>
internal sealed record CancelCall : INoSerializationVerificationNeeded
{
    public static CancelCall Instance { get; } = new();
}

/// <summary>Published on the event stream after each append, for followers of the session.</summary>
/// <param name="Session">The session.</param>
/// <param name="CanEndWait">True if the append can end a wait for a feed: the feed has ended, or the session is quarantined or closed.</param>
internal sealed record SessionAppended(SessionId Session, bool CanEndWait) : INoSerializationVerificationNeeded;

/// <summary>The end of a turn, with one message type for each progress state. A closed hierarchy.</summary>
/// <param name="Run">The turn that ran.</param>
internal abstract record TurnEnded(TurnRun Run) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The script waits for a function call.</summary>
    public sealed record FunctionCalled(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script waits for an operating system call that changes the host.</summary>
    public sealed record OsCalled(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script waits for the value of a name. The engine answers names within the turn, so only tests see this message.</summary>
    public sealed record NameLookedUp(TurnRun Run) : TurnEnded(Run);

    /// <summary>The script awaits open calls.</summary>
    public sealed record FuturesAwaited(TurnRun Run) : TurnEnded(Run);

    /// <summary>The feed ran to its end.</summary>
    public sealed record Completed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The feed was ended by an exception, a limit or the runtime.</summary>
    public sealed record Failed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The type check rejected the feed.</summary>
    public sealed record TypingFailed(TurnRun Run) : TurnEnded(Run);

    /// <summary>The worker died, or the engine discarded the turn.</summary>
    public sealed record TurnLost(TurnRun Run) : TurnEnded(Run);
}

/// <summary>
/// Tells a session actor that a turn did not run to its end for a reason outside the session: it was canceled, or no worker could be started.
/// </summary>
/// <param name="Failure">The failure.</param>
internal sealed record TurnNotRun(Exception Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>Tells a session actor that its interpreter is at the end of the history.</summary>
internal sealed record CaughtUp : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static CaughtUp Instance { get; } = new();
}
