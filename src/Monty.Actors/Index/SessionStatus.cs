namespace Monty.Actors;

/// <summary>The activity of a session. Stores persist the numbers.</summary>
public enum SessionStatus
{
    /// <summary>The session accepts a feed.</summary>
    Idle = 0,

    /// <summary>A feed runs, or is about to run.</summary>
    Running = 1,

    /// <summary>A feed waits for answers, signals or timers.</summary>
    Waiting = 2,

    /// <summary>The session was stopped because of a problem, and waits for an operator.</summary>
    Quarantined = 3,

    /// <summary>The session has ended. Its history can still be read.</summary>
    Closed = 4,
}
