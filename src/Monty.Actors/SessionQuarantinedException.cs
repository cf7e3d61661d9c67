namespace Monty.Actors;

/// <summary>Thrown while waiting for a feed whose session is quarantined. The feed does not continue until an operator releases the session.</summary>
public sealed class SessionQuarantinedException(SessionId session, SessionQuarantined quarantine)
    : InvalidOperationException(
        $"{session} is quarantined: {quarantine?.Reason}. Look at the evidence, then release the session and wait again, or close it."
    )
{
    /// <summary>The session.</summary>
    public SessionId Session { get; } = session;

    /// <summary>The quarantine event: its reason and evidence.</summary>
    public SessionQuarantined Quarantine { get; } = quarantine ?? throw new ArgumentNullException(nameof(quarantine));
}
