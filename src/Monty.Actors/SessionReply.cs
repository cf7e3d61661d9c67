using Monty.Interop;

namespace Monty.Actors;

/// <summary>The reply of a session to a command. A closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record SessionReply
{
    private SessionReply() { }

    /// <summary>The command was applied and is durable.</summary>
    /// <param name="Version">The version of the session after the command. For a fork, the version of the new session.</param>
    /// <param name="Feed">The number of the feed that runs, or of the last one that ran; 0 if there was none.</param>
    public sealed record Accepted(long Version, int Feed) : SessionReply
    {
        /// <summary>A version of the session before the command. Follow the session from it to receive every event that the command caused.</summary>
        public long Before { get; init; }

        /// <summary>The sequence number of the change that contains the command's events.</summary>
        internal long Sequence { get; init; }
    }

    /// <summary>The command was applied before, or the call was already answered. Nothing changed.</summary>
    /// <param name="Version">The version of the session.</param>
    /// <param name="Recorded">The answer that was recorded for the call, while its feed is open; otherwise null.</param>
    public sealed record Repeated(long Version, MontyAnswer? Recorded) : SessionReply;

    /// <summary>The command cannot be applied in the current state of the session. Nothing changed.</summary>
    /// <param name="Reason">The reason, for programs.</param>
    /// <param name="Message">The reason and the fix, for people.</param>
    public sealed record Refused(SessionRefusal Reason, string Message) : SessionReply;
}

/// <summary>An event of a session with its place in the history.</summary>
/// <param name="Version">The version of the session with this event, counted from 1 without gaps.</param>
/// <param name="At">The time at which the event was written, in UTC.</param>
/// <param name="Event">The event.</param>
public sealed record StoredEvent(long Version, DateTimeOffset At, SessionEvent Event);
