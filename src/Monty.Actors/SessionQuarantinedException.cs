namespace Monty.Actors;

/// <summary>The session whose feed is waited for is quarantined: the feed does not go on until an operator decides.</summary>
public sealed class SessionQuarantinedException(SessionId session, SessionQuarantined quarantine)
    : InvalidOperationException(
        $"{session} is quarantined: {quarantine?.Reason}. Look at the evidence, then release the session and wait again, or close it."
    )
{
    /// <summary>The session.</summary>
    public SessionId Session { get; } = session;

    /// <summary>Why, and what was seen.</summary>
    public SessionQuarantined Quarantine { get; } = quarantine ?? throw new ArgumentNullException(nameof(quarantine));
}
