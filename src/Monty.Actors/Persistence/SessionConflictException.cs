namespace Monty.Actors.Persistence;

/// <summary>A change was not stored because another writer had used its sequence number.</summary>
internal sealed class SessionConflictException(SessionId session)
    : Exception($"A change of {session} was not stored: another writer has stored a change with the same sequence number.");
