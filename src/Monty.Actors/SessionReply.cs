using Monty.Interop;

namespace Monty.Actors;

/// <summary>What became of a command: a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record SessionReply
{
    private SessionReply() { }

    /// <summary>It is durable.</summary>
    /// <param name="Version">The session's version with it; for a fork, that of the session it made.</param>
    /// <param name="Feed">The number of the feed that runs, or ran last; 0 for none.</param>
    public sealed record Accepted(long Version, int Feed) : SessionReply
    {
        /// <summary>A version before the command: follow the session from it to see all that the command led to.</summary>
        public long Before { get; init; }
    }

    /// <summary>It was applied before, or another was faster; nothing changed.</summary>
    /// <param name="Version">The session's version.</param>
    /// <param name="Recorded">The answer that counts, for a call that has one and whose feed is open; null otherwise.</param>
    public sealed record Repeated(long Version, MontyAnswer? Recorded) : SessionReply;

    /// <summary>It cannot be done as things are; nothing changed.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Message">Why, and the way out, for people.</param>
    public sealed record Refused(SessionRefusal Reason, string Message) : SessionReply;
}

/// <summary>One fact in a session's story with its place.</summary>
/// <param name="Version">Counted from 1 in the session, without gaps.</param>
/// <param name="At">When it was written, UTC.</param>
/// <param name="Event">The fact.</param>
public sealed record StoredEvent(long Version, DateTimeOffset At, SessionEvent Event);
