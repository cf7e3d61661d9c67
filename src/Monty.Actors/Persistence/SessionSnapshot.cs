namespace Monty.Actors.Persistence;

/// <summary>A session at one sequence number, so that recovery need not read what came before.</summary>
/// <remarks>Immutable. Stored as <see cref="Proto.Snapshot"/> under the manifest <c>snapshot/1</c>. An unreadable one is ignored.</remarks>
/// <param name="Session">The session.</param>
/// <param name="SequenceNumber">The sequence number of the last change that it includes.</param>
/// <param name="Version">The version of the last event that it includes.</param>
/// <param name="CreatedAt">When the session was opened or forked, UTC.</param>
/// <param name="State">The state, the log of command ids included.</param>
/// <param name="Dump">The newest dump of the interpreter; null where there is none.</param>
internal sealed record SessionSnapshot(
    SessionId Session,
    long SequenceNumber,
    long Version,
    DateTimeOffset CreatedAt,
    SessionState State,
    StoredDump? Dump
);

/// <summary>A stored snapshot that cannot be used; recovery reads the changes instead.</summary>
/// <param name="Reason">Why, for people.</param>
internal sealed record UnreadableSnapshot(string Reason);
