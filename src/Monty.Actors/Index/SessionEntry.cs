namespace Monty.Actors;

/// <summary>One line of a listing.</summary>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of its last record.</param>
/// <param name="Summary">Its row.</param>
public sealed record SessionEntry(SessionId Session, long Version, SessionSummary Summary);

/// <summary>A session whose timer is due.</summary>
/// <param name="Session">The session.</param>
/// <param name="DueAt">Its earliest timer, UTC.</param>
public sealed record DueSession(SessionId Session, DateTimeOffset DueAt);
