using Monty.Interop;

namespace Monty.Actors;

/// <summary>The decision of a session on a command. A closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract record Decision
{
    private Decision() { }

    /// <summary>The command is applied as soon as the events are durable. A turn may follow.</summary>
    /// <param name="Events">The events that the command caused.</param>
    public sealed record Accepted(EquatableArray<SessionEvent> Events) : Decision;

    /// <summary>The command was applied before, or the call was already answered. Nothing changes.</summary>
    /// <param name="Recorded">The answer that was recorded for the call, or null.</param>
    public sealed record Repeated(MontyAnswer? Recorded = null) : Decision;

    /// <summary>The command cannot be applied in the current state of the session. Nothing changes.</summary>
    /// <param name="Refusal">The reason, for programs.</param>
    /// <param name="Message">The reason and the fix, for people.</param>
    public sealed record Refused(SessionRefusal Refusal, string Message) : Decision;
}

/// <summary>The reasons for refusing a command. The names are stable.</summary>
public enum SessionRefusal
{
    /// <summary>The command itself is malformed.</summary>
    Invalid,

    /// <summary>The session does not exist.</summary>
    NotFound,

    /// <summary>The session exists already.</summary>
    Exists,

    /// <summary>A feed runs or waits.</summary>
    Busy,

    /// <summary>No feed runs or waits.</summary>
    Idle,

    /// <summary>The call does not exist, or ended with its feed.</summary>
    NoSuchCall,

    /// <summary>The call is ended by the clock or by a signal, not by an answer.</summary>
    NotYours,

    /// <summary>The session is quarantined.</summary>
    Quarantined,

    /// <summary>The session is not quarantined.</summary>
    NotQuarantined,

    /// <summary>The session is closed.</summary>
    Closed,

    /// <summary>The session keeps the maximum number of signals that no call has received.</summary>
    TooManySignals,

    /// <summary>The command exceeds the size limit of the store (<see cref="SessionStoreOptions.MaxChangeBytes"/>).</summary>
    TooLarge,

    /// <summary>Another command, of another kind or with other content, was applied under the same id.</summary>
    IdTaken,

    /// <summary>The session has no feed with this command id.</summary>
    NoSuchFeed,

    /// <summary>The command is older than the commands that the session remembers, so it may have been applied.</summary>
    TooOld,

    /// <summary>Too many commands wait for the session. Send the command again later.</summary>
    TooBusy,

    /// <summary>The session's history is not readable, because it is damaged or was written by a newer engine.</summary>
    Unreadable,

    /// <summary>The session cannot continue, and its quarantine could not be stored either.</summary>
    Stuck,
}
