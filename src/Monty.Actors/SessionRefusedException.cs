namespace Monty.Actors;

/// <summary>A session refused what was asked of it; nothing changed. The message says the way out.</summary>
public sealed class SessionRefusedException(SessionRefusal reason, string message) : InvalidOperationException(message)
{
    /// <summary>Why, for programs.</summary>
    public SessionRefusal Reason { get; } = reason;
}
