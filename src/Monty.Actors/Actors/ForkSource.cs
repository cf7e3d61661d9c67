using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>What a fork begins with: the history of a session up to a version, and its interpreter then.</summary>
/// <param name="Source">The session that is forked.</param>
/// <param name="Command">The command that asks for it.</param>
internal sealed record ForkSource(SessionId Source, ForkCommand Command)
{
    /// <summary>Why the session cannot be forked now; null when it can.</summary>
    public Decision.Refused? Refusal { get; init; }

    /// <summary>The session's version.</summary>
    public long Version { get; init; }

    /// <summary>The sequence number of the session's last change.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>The interpreter; null before the first turn.</summary>
    public MontyDump? Dump { get; init; }

    /// <summary>The events of the session, read from the history.</summary>
    public IReadOnlyList<SessionEvent> History { get; init; } = [];

    /// <summary>The fork's first event of its own.</summary>
    public SessionForked Event => new(Source.Name, Version, Command.CommandId);
}
