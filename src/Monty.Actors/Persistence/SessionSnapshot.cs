namespace Monty.Actors.Persistence;

/// <summary>The state of a session at one sequence number, so that recovery need not read earlier changes.</summary>
/// <remarks>Immutable. Stored as <see cref="Proto.Snapshot"/> under the manifest <c>snapshot/1</c>. An unreadable snapshot is ignored.</remarks>
/// <param name="Session">The session.</param>
/// <param name="SequenceNumber">The sequence number of the last change that it includes.</param>
/// <param name="Version">The version of the last event that it includes.</param>
/// <param name="CreatedAt">The time at which the session was opened or forked, in UTC.</param>
/// <param name="State">The state, including the log of command ids.</param>
/// <param name="Dump">The newest dump of the interpreter, or null for none.</param>
internal sealed record SessionSnapshot(
    SessionId Session,
    long SequenceNumber,
    long Version,
    DateTimeOffset CreatedAt,
    SessionState State,
    StoredDump? Dump
);

/// <summary>A stored snapshot that is not usable. Recovery reads the changes instead.</summary>
/// <param name="Reason">The reason, for people.</param>
internal sealed record UnreadableSnapshot(string Reason);
