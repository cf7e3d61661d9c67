using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>The data that a fork starts with: the history of a session up to a version, and its interpreter at that version.</summary>
/// <param name="Source">The session that is forked.</param>
/// <param name="Command">The command that requests the fork.</param>
internal sealed record ForkSource(SessionId Source, ForkCommand Command)
{
    /// <summary>The reason why the session cannot be forked now, or null if it can.</summary>
    public Decision.Refused? Refusal { get; init; }

    /// <summary>The version of the session.</summary>
    public long Version { get; init; }

    /// <summary>The sequence number of the session's last change.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>The interpreter, or null before the first turn.</summary>
    public MontyDump? Dump { get; init; }

    /// <summary>The events of the session, read from the history.</summary>
    public IReadOnlyList<SessionEvent> History { get; init; } = [];

    /// <summary>The first event of the fork itself.</summary>
    public SessionForked Event => new(Source.Name, Version, Command.CommandId);
}
