using Monty.Interop;

namespace Monty.Actors;

/// <summary>One event in a session's story: a closed hierarchy. Folded in order (<see cref="SessionEvolver"/>), the events are the session.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record SessionEvent
{
    private protected SessionEvent() { }
}

/// <summary>A event that a command led to; the session remembers its id.</summary>
public abstract record CommandEvent : SessionEvent
{
    private protected CommandEvent(string commandId) => CommandId = commandId;

    /// <summary>The command's id; empty for what the engine did by itself.</summary>
    public string CommandId { get; init; }

    /// <summary>When the command was first sent, UTC, to the microsecond; null for what the engine did by itself.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>The session was created.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Setup">How it is set up.</param>
public sealed record SessionOpened(string CommandId, SessionSetup Setup) : CommandEvent(CommandId);

/// <summary>A snippet was taken in; its first turn is due.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Feed">The feed's number, counted from 1 in the session.</param>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values bound as globals first, in order.</param>
/// <param name="ScriptName">The script's name; null for the session's.</param>
public sealed record FeedStarted(
    string CommandId,
    int Feed,
    string Code,
    EquatableArray<KeyValuePair<string, MontyValue>> Inputs,
    string? ScriptName
) : CommandEvent(CommandId);

/// <summary>The script printed.</summary>
/// <param name="Text">A bounded chunk of what it printed.</param>
public sealed record TextPrinted(string Text) : SessionEvent;

/// <summary>The sandbox asked something that the engine answered on the spot, without an effect.</summary>
/// <param name="Suspension">What was asked.</param>
/// <param name="Answer">The answer.</param>
public sealed record CalledInline(MontySuspension Suspension, MontyAnswer Answer) : SessionEvent
{
    /// <summary>When it was answered, UTC, where that may have changed the session's own files; they are made of these calls. Null elsewhere.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }
}

/// <summary>The sandbox made a call that has an effect or waits: it may start now, and it will end in the story exactly once.</summary>
/// <param name="Call">The call, of a tool or of the operating system.</param>
/// <param name="Kind">Who ends it.</param>
/// <param name="IsDeferred">True when the script got a future and goes on; false when it waits at the call.</param>
/// <param name="ArgumentsHash">SHA-256 of name and arguments, as hexadecimal: another attempt has the same.</param>
/// <param name="DueAt">When it ends by itself: with <c>TimeoutError</c>, or, for a timer, by ringing. Null for never.</param>
public sealed record CallAnnounced(MontySuspension Call, CallKind Kind, bool IsDeferred, string ArgumentsHash, DateTimeOffset? DueAt)
    : SessionEvent
{
    /// <summary>How many bytes the host's file has that the call is to add to; null for other calls. A further attempt adds only what is missing.</summary>
    public long? FileLength { get; init; }
}

/// <summary>The call was answered.</summary>
/// <param name="CommandId">The command's id; empty for what the engine did by itself.</param>
/// <param name="CallId">The call.</param>
/// <param name="Answer">A return or a raise.</param>
public sealed record CallAnswered(string CommandId, uint CallId, MontyAnswer Answer) : CommandEvent(CommandId);

/// <summary>The call's deadline passed: <c>TimeoutError</c> is its answer.</summary>
/// <param name="CallId">The call.</param>
public sealed record CallTimedOut(uint CallId) : SessionEvent;

/// <summary>The feed ended before the call did.</summary>
/// <param name="CallId">The call.</param>
public sealed record CallDropped(uint CallId) : SessionEvent;

/// <summary>An attempt of a call failed, and another is due.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="Error">The .NET type of what was thrown.</param>
/// <param name="RetryAt">When the next one is due, UTC.</param>
public sealed record AttemptFailed(uint CallId, int Attempt, string Error, DateTimeOffset RetryAt) : SessionEvent;

/// <summary>The time of a further attempt of a call came: it may start now.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Attempt">The attempt, from 2.</param>
public sealed record AttemptStarted(uint CallId, int Attempt) : SessionEvent;

/// <summary>Every task of the script waits for futures.</summary>
/// <param name="PendingCallIds">The calls, ascending.</param>
public sealed record FuturesAwaited(EquatableArray<uint> PendingCallIds) : SessionEvent;

/// <summary>Answers were given to the futures that are awaited, and the script went on.</summary>
/// <param name="CallIds">The calls, ascending.</param>
public sealed record FuturesDelivered(EquatableArray<uint> CallIds) : SessionEvent;

/// <summary>A value came under a name.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Value">Its value.</param>
public sealed record SignalReceived(string CommandId, string Name, MontyValue Value) : CommandEvent(CommandId);

/// <summary>A kept signal was given to a call.</summary>
/// <param name="Name">The signal's name.</param>
public sealed record SignalTaken(string Name) : SessionEvent;

/// <summary>The feed is to end with this outcome as soon as the interpreter has been told.</summary>
/// <param name="CommandId">The command's id; empty for a limit or the watchdog.</param>
/// <param name="Outcome">Cancelled, or failed by a limit.</param>
public sealed record FeedStopping(string CommandId, FeedOutcome Outcome) : CommandEvent(CommandId);

/// <summary>The feed is over and the session takes another.</summary>
/// <param name="Outcome">How it ended.</param>
public sealed record FeedEnded(FeedOutcome Outcome) : SessionEvent;

/// <summary>A worker died in the turn that is due; it will be run again, or the session quarantined.</summary>
/// <param name="Evidence">How it died.</param>
public sealed record WorkerCrashed(string Evidence) : SessionEvent;

/// <summary>The session was recovered with a turn to run. Appended before the turn runs, so that turns that bring the process down are counted.</summary>
/// <param name="Turn">The turn that is to run, such as <c>feed 3, call 2</c>: the same as long as nothing else happens.</param>
public sealed record SessionResumed(string Turn) : SessionEvent;

/// <summary>The engine stopped in an orderly way while a turn of a resumed session was still to run.</summary>
public sealed record SessionSuspended : SessionEvent;

/// <summary>The session stops until an operator decides.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Evidence">What was seen: both sides of a difference, or how workers died.</param>
public sealed record SessionQuarantined(string Reason, string Evidence) : SessionEvent;

/// <summary>An operator let the session go on.</summary>
/// <param name="CommandId">The command's id.</param>
public sealed record QuarantineReleased(string CommandId) : CommandEvent(CommandId);

/// <summary>The session begins here, as a fork: all events before are those of another session of the tenant, and happened there. Ids of commands before it are forgotten.</summary>
/// <param name="Source">The other session's name.</param>
/// <param name="Version">Its version then.</param>
/// <param name="CommandId">The id of the command to the other session.</param>
public sealed record SessionForked(string Source, long Version, string CommandId) : SessionEvent;

/// <summary>The session ended for good.</summary>
/// <param name="CommandId">The command's id.</param>
public sealed record SessionClosed(string CommandId) : CommandEvent(CommandId);

/// <summary>How a feed ended: a closed hierarchy.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome() { }

    /// <summary>It ran to its end.</summary>
    /// <param name="Value">The value of the last expression, or None.</param>
    public sealed record Completed(MontyValue Value) : FeedOutcome;

    /// <summary>An exception, a limit or the runtime ended it.</summary>
    /// <param name="Error">What was raised.</param>
    /// <param name="Origin">Who ended it.</param>
    public sealed record Failed(PythonError Error, FailureOrigin Origin) : FeedOutcome;

    /// <summary>Somebody cancelled it.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Cancelled(string Reason) : FeedOutcome;

    /// <summary>The type check refused it; nothing ran.</summary>
    /// <param name="Diagnostics">The findings.</param>
    public sealed record Rejected(string Diagnostics) : FeedOutcome;
}

/// <summary>Who ends a call.</summary>
public enum CallKind
{
    /// <summary>A handler in this process.</summary>
    Handler,

    /// <summary>Somebody outside, by a command.</summary>
    External,

    /// <summary>The clock.</summary>
    Timer,

    /// <summary>A signal of the name that is its first argument.</summary>
    Signal,
}
