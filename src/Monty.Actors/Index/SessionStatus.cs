namespace Monty.Actors;

/// <summary>What a session is doing. Stores keep the numbers.</summary>
public enum SessionStatus
{
    /// <summary>It takes a feed.</summary>
    Idle = 0,

    /// <summary>A feed runs, or is about to.</summary>
    Running = 1,

    /// <summary>A feed waits for answers or timers.</summary>
    Waiting = 2,

    /// <summary>It was stopped with evidence, and waits for an operator.</summary>
    Quarantined = 3,

    /// <summary>It ended; only its story can be read.</summary>
    Closed = 4,
}
