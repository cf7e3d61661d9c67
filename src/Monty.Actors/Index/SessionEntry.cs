namespace Monty.Actors;

/// <summary>A session in a listing.</summary>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of the session's last event.</param>
/// <param name="Summary">The session's row of the index.</param>
public sealed record SessionEntry(SessionId Session, long Version, SessionSummary Summary);

/// <summary>A session whose timer is due.</summary>
/// <param name="Session">The session.</param>
/// <param name="DueAt">The time of the earliest timer, in UTC.</param>
public sealed record DueSession(SessionId Session, DateTimeOffset DueAt);
