using Monty.Interop;

namespace Monty.Actors;

/// <summary>An event in the history of a session. A closed hierarchy. The state of a session is the result of all its events in order.</summary>
/// <remarks>
/// Immutable and thread-safe. Events are never changed or removed, except when the whole session is purged. Read them with
/// <see cref="MontyEngine.ReadAsync"/> or <see cref="MontyEngine.FollowAsync"/>.
/// </remarks>
public abstract record SessionEvent
{
    private protected SessionEvent() { }
}

/// <summary>An event that a command caused. The session remembers the id of the command.</summary>
public abstract record CommandEvent : SessionEvent
{
    private protected CommandEvent(string commandId) => CommandId = commandId;

    /// <summary>The id of the command, or empty for an event that the engine caused.</summary>
    public string CommandId { get; init; }

    /// <summary>The time at which the command was first sent, in UTC, with microsecond precision, or null for an event that the engine caused.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>The session was opened.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Setup">The setup of the session.</param>
public sealed record SessionOpened(string CommandId, SessionSetup Setup) : CommandEvent(CommandId);

/// <summary>A feed was accepted. Its first turn follows.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Feed">The number of the feed, counted from 1 in the session.</param>
/// <param name="Code">The Python source.</param>
/// <param name="Inputs">Values that are assigned to global names before the code runs, in order.</param>
/// <param name="ScriptName">The name of the script in tracebacks, or null for the session's.</param>
public sealed record FeedStarted(
    string CommandId,
    int Feed,
    string Code,
    EquatableArray<KeyValuePair<string, MontyValue>> Inputs,
    string? ScriptName
) : CommandEvent(CommandId)
{
    /// <summary>
    /// The names of the tools that the script calls with <c>await</c>, in ordinal order, or null if they are the same as in the previous feed. A replay
    /// uses these names, and not the tools of the present engine.
    /// </summary>
    public EquatableArray<string>? AsyncFunctions { get; init; }
}

/// <summary>The script printed text.</summary>
/// <param name="Text">The text. A long output is split into several events.</param>
public sealed record TextPrinted(string Text) : SessionEvent;

/// <summary>The script suspended, and the engine answered within the turn, without an effect.</summary>
/// <param name="Suspension">The suspension.</param>
/// <param name="Answer">The answer.</param>
public sealed record CalledInline(MontySuspension Suspension, MontyAnswer Answer) : SessionEvent
{
    /// <summary>
    /// The time of the answer, in UTC, if it may have changed the session's own files, otherwise null. The files are restored from these events.
    /// </summary>
    public DateTimeOffset? FilesChangedAt { get; init; }
}

/// <summary>
/// The script made a call that has an effect or waits. The call can start now. It ends exactly once in the history: answered, timed out or dropped.
/// </summary>
/// <param name="Call">The call of a tool or of the operating system.</param>
/// <param name="Kind">The kind of the call, which says how it ends.</param>
/// <param name="IsDeferred">True if the script got a future and continues, false if it waits for the call.</param>
/// <param name="ArgumentsHash">The SHA-256 of the name and arguments in hexadecimal. It is the same in every attempt.</param>
/// <param name="DueAt">
/// The time at which the call ends by itself, in UTC, or null for never. A timer completes; any other call raises <c>TimeoutError</c>.
/// </param>
public sealed record CallAnnounced(MontySuspension Call, CallKind Kind, bool IsDeferred, string ArgumentsHash, DateTimeOffset? DueAt)
    : SessionEvent
{
    /// <summary>
    /// The size in bytes of the host file that the call appends to, or null for other calls. A later attempt appends only the missing bytes.
    /// </summary>
    public long? FileLength { get; init; }
}

/// <summary>A call was answered.</summary>
/// <param name="CommandId">The id of the command, or empty if a handler, a signal or a timer answered.</param>
/// <param name="CallId">The id of the call.</param>
/// <param name="Answer">The value to return or the exception to raise.</param>
public sealed record CallAnswered(string CommandId, uint CallId, MontyAnswer Answer) : CommandEvent(CommandId);

/// <summary>The deadline of a call passed. The script gets <c>TimeoutError</c>.</summary>
/// <param name="CallId">The id of the call.</param>
public sealed record CallTimedOut(uint CallId) : SessionEvent;

/// <summary>The feed ended before the call did.</summary>
/// <param name="CallId">The id of the call.</param>
public sealed record CallDropped(uint CallId) : SessionEvent;

/// <summary>An attempt of a call failed, and another one follows.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Attempt">The number of the failed attempt, counted from 1.</param>
/// <param name="Error">The .NET type of the exception.</param>
/// <param name="RetryAt">The time of the next attempt, in UTC.</param>
public sealed record AttemptFailed(uint CallId, int Attempt, string Error, DateTimeOffset RetryAt) : SessionEvent;

/// <summary>The time of a further attempt of a call has come. The attempt can start now.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Attempt">The number of the attempt, at least 2.</param>
public sealed record AttemptStarted(uint CallId, int Attempt) : SessionEvent;

/// <summary>All tasks of the script wait for futures.</summary>
/// <param name="PendingCallIds">The ids of the awaited calls, in ascending order.</param>
public sealed record FuturesAwaited(EquatableArray<uint> PendingCallIds) : SessionEvent;

/// <summary>Answers were delivered to the awaited futures, and the script continued.</summary>
/// <param name="CallIds">The ids of the calls, in ascending order.</param>
public sealed record FuturesDelivered(EquatableArray<uint> CallIds) : SessionEvent;

/// <summary>A signal was received.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Name">The name of the signal.</param>
/// <param name="Value">The value of the signal.</param>
public sealed record SignalReceived(string CommandId, string Name, MontyValue Value) : CommandEvent(CommandId);

/// <summary>A kept signal was delivered to a call.</summary>
/// <param name="Name">The name of the signal.</param>
public sealed record SignalTaken(string Name) : SessionEvent;

/// <summary>The feed is being stopped. It ends with the given outcome as soon as the interpreter has been told.</summary>
/// <param name="CommandId">The id of the command, or empty for a limit or the watchdog.</param>
/// <param name="Outcome">The outcome: canceled, or failed because of a limit.</param>
public sealed record FeedStopping(string CommandId, FeedOutcome Outcome) : CommandEvent(CommandId);

/// <summary>The feed ended. The session accepts another one.</summary>
/// <param name="Outcome">The outcome of the feed.</param>
public sealed record FeedEnded(FeedOutcome Outcome) : SessionEvent;

/// <summary>A worker died during the current turn. The turn is run again, or the session is quarantined.</summary>
/// <param name="Evidence">The exit code and the last output of the worker.</param>
public sealed record WorkerCrashed(string Evidence) : SessionEvent;

/// <summary>
/// The session was recovered and has a turn or handlers to run. The event is stored before they run, so that work that ends the process is counted.
/// </summary>
/// <param name="Turn">The description of the turn or the handlers, such as <c>feed 3, call 2</c>. It stays the same as long as nothing else happens.</param>
public sealed record SessionResumed(string Turn) : SessionEvent;

/// <summary>The engine stopped in an orderly way before the turn or the handlers of a resumed session had ended.</summary>
public sealed record SessionSuspended : SessionEvent;

/// <summary>The session was quarantined. It does nothing until an operator releases or closes it.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Evidence">The evidence: both sides of a difference, or the last output of the workers.</param>
public sealed record SessionQuarantined(string Reason, string Evidence) : SessionEvent;

/// <summary>An operator released the session from quarantine.</summary>
/// <param name="CommandId">The id of the command.</param>
public sealed record QuarantineReleased(string CommandId) : CommandEvent(CommandId);

/// <summary>
/// The session was forked from another session of the tenant. All earlier events are copies from that session. The ids of earlier commands are forgotten.
/// </summary>
/// <param name="Source">The name of the other session.</param>
/// <param name="Version">The version of the other session at the fork.</param>
/// <param name="CommandId">The id of the fork command that was sent to the other session.</param>
public sealed record SessionForked(string Source, long Version, string CommandId) : SessionEvent;

/// <summary>The session was closed.</summary>
/// <param name="CommandId">The id of the command.</param>
public sealed record SessionClosed(string CommandId) : CommandEvent(CommandId);

/// <summary>The outcome of a feed. A closed hierarchy.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome() { }

    /// <summary>The feed ran to its end.</summary>
    /// <param name="Value">The value of the last expression, or None.</param>
    public sealed record Completed(MontyValue Value) : FeedOutcome;

    /// <summary>The feed was ended by an exception, a limit or the runtime.</summary>
    /// <param name="Error">The Python exception.</param>
    /// <param name="Origin">The cause of the failure.</param>
    public sealed record Failed(PythonError Error, FailureOrigin Origin) : FeedOutcome;

    /// <summary>The feed was canceled by a command.</summary>
    /// <param name="Reason">The reason.</param>
    public sealed record Cancelled(string Reason) : FeedOutcome;

    /// <summary>The type check rejected the feed. Nothing ran.</summary>
    /// <param name="Diagnostics">The diagnostics of the type check.</param>
    public sealed record Rejected(string Diagnostics) : FeedOutcome;
}

/// <summary>The kinds of calls, by the way in which they end.</summary>
public enum CallKind
{
    /// <summary>A handler in this process answers the call.</summary>
    Handler,

    /// <summary>A command from outside answers the call.</summary>
    External,

    /// <summary>The clock ends the call.</summary>
    Timer,

    /// <summary>A signal ends the call. Its name is the first argument.</summary>
    Signal,
}
