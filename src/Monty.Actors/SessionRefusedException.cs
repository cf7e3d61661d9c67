namespace Monty.Actors;

/// <summary>A session refused a command. Nothing changed. The message gives the reason and the fix.</summary>
public sealed class SessionRefusedException(SessionRefusal reason, string message) : InvalidOperationException(message)
{
    /// <summary>The reason for the refusal.</summary>
    public SessionRefusal Reason { get; } = reason;
}
