namespace Monty.Actors.Persistence;

/// <summary>A change was not stored, because another writer had taken its sequence number.</summary>
internal sealed class SessionConflictException(SessionId session)
    : Exception($"A change of {session} was not stored: another writer had stored one under the same sequence number.");
