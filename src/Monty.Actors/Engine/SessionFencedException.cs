namespace Monty.Actors;

/// <summary>Another engine has taken the session over: this one has dropped its state of it. What was not acknowledged may be sent to the other one.</summary>
public sealed class SessionFencedException(SessionId session, long epoch)
    : InvalidOperationException(
        $"{session} was taken over by an engine of epoch {epoch} or later. Send the command to that engine; what was acknowledged is durable."
    )
{
    /// <summary>The session.</summary>
    public SessionId Session { get; } = session;
}
