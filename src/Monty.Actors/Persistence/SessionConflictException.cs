namespace Monty.Actors.Persistence;

/// <summary>A change was not stored, because another writer had taken its sequence number.</summary>
internal sealed class SessionConflictException(SessionId session)
    : Exception($"A change of {session} was not stored: another writer had stored one under the same sequence number.");

/// <summary>A change was not stored, because the store was claimed with a higher epoch.</summary>
internal sealed class SessionFencedException(SessionId session, long epoch)
    : Exception($"A change of {session} was not stored: another engine has claimed the store since epoch {epoch}.");
