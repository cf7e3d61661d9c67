using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session says to a command: a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract record Decision
{
    private Decision() { }

    /// <summary>It is done as soon as the events are durable; a turn may be due then.</summary>
    /// <param name="Events">What it led to.</param>
    /// <param name="Effects">What is to be done once the events are durable.</param>
    public sealed record Accepted(EquatableArray<SessionEvent> Events, EquatableArray<SessionEffect> Effects) : Decision;

    /// <summary>It was done before, or another was faster: nothing changes.</summary>
    /// <param name="Recorded">The answer that counts, for a call that has one; null otherwise.</param>
    public sealed record Repeated(MontyAnswer? Recorded = null) : Decision;

    /// <summary>It cannot be done as things are: nothing changes.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="Message">Why, and the way out, for people.</param>
    public sealed record Refused(SessionRefusal Refusal, string Message) : Decision;
}

/// <summary>Why a command is refused; the names are stable.</summary>
public enum SessionRefusal
{
    /// <summary>The command itself is malformed.</summary>
    Invalid,

    /// <summary>There is no such session.</summary>
    NotFound,

    /// <summary>The session exists already.</summary>
    Exists,

    /// <summary>A feed runs or waits.</summary>
    Busy,

    /// <summary>No feed runs or waits.</summary>
    Idle,

    /// <summary>There is no such call, or it ended with its feed.</summary>
    NoSuchCall,

    /// <summary>The call is ended by the clock or by a signal, not by an answer.</summary>
    NotYours,

    /// <summary>The session is quarantined.</summary>
    Quarantined,

    /// <summary>The session is not quarantined.</summary>
    NotQuarantined,

    /// <summary>The session ended for good.</summary>
    Closed,

    /// <summary>The session keeps as many signals as it may.</summary>
    TooManySignals,

    /// <summary>It is more than the store takes at once.</summary>
    TooLarge,

    /// <summary>Another command, of another kind or with other content, was applied under this id.</summary>
    IdTaken,

    /// <summary>The session has no feed of this command id.</summary>
    NoSuchFeed,

    /// <summary>The command is older than what the session remembers of commands, so it may have been applied.</summary>
    TooOld,

    /// <summary>Too many commands wait for the session. Send it again later.</summary>
    TooBusy,

    /// <summary>The session's history cannot be read: it is damaged, or a newer engine wrote it.</summary>
    Unreadable,

    /// <summary>The session cannot go on, and not even its quarantine could be stored.</summary>
    Stuck,
}

/// <summary>What is to be done once events are durable: a closed hierarchy. Doing it twice harms nothing.</summary>
/// <remarks>Immutable and thread-safe. Timers are no effects: the state says when it is due (<see cref="SessionState.DueAt"/>).</remarks>
internal abstract record SessionEffect
{
    private SessionEffect() { }

    /// <summary>Run the handler of a call.</summary>
    /// <param name="Feed">The feed's number.</param>
    /// <param name="CallId">The call.</param>
    /// <param name="Attempt">Which attempt, from 1.</param>
    public sealed record StartCall(int Feed, uint CallId, int Attempt) : SessionEffect;

    /// <summary>Stop the handler of a call that has ended, if it runs.</summary>
    /// <param name="Feed">The feed's number.</param>
    /// <param name="CallId">The call.</param>
    public sealed record StopCall(int Feed, uint CallId) : SessionEffect;
}
