namespace Monty.Actors.Persistence;

/// <summary>Finds the outcome of a feed in the events of its session.</summary>
internal sealed class FeedWait(SessionId session, string commandId)
{
    private bool isFound;
    private SessionQuarantined? quarantine;

    /// <summary>The outcome of the feed, or null while it has not ended.</summary>
    public FeedOutcome? Outcome { get; private set; }

    /// <summary>Processes further events.</summary>
    public void Observe(IEnumerable<SessionEvent> events)
    {
        foreach (var @event in events)
        {
            Observe(@event);
        }
    }

    /// <summary>Throws if the session has no such feed, or is quarantined.</summary>
    /// <exception cref="SessionRefusedException">The session has no feed with the command id.</exception>
    /// <exception cref="SessionQuarantinedException">The session is quarantined during the feed.</exception>
    public void ThrowIfHopeless()
    {
        if (!isFound)
        {
            throw new SessionRefusedException(
                SessionRefusal.NoSuchFeed,
                $"{session} has no feed with the command id '{commandId}'. Send the feed first."
            );
        }

        if (quarantine is not null)
        {
            throw new SessionQuarantinedException(session, quarantine);
        }
    }

    private void Observe(SessionEvent @event)
    {
        switch (@event)
        {
            case FeedStarted started when started.CommandId == commandId:
                isFound = true;
                Outcome = null;
                break;
            case FeedEnded ended when isFound && Outcome is null:
                Outcome = ended.Outcome;
                break;
            case SessionForked: // the feeds before it are those of another session
                isFound = false;
                Outcome = null;
                break;
            case SessionQuarantined quarantined:
                quarantine = quarantined;
                break;
            case QuarantineReleased or SessionClosed:
                quarantine = null;
                break;
        }
    }
}
