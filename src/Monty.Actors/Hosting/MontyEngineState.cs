namespace Monty.Actors;

/// <summary>What a host's engine does; a health check may read it (<see cref="MontyEngineHost.State"/>).</summary>
public enum MontyEngineState
{
    /// <summary>The host has not started it yet.</summary>
    Created,

    /// <summary>It waits for its store: another engine owns it, or it does not answer. It takes it over as soon as it can.</summary>
    StandingBy,

    /// <summary>It owns the store and runs.</summary>
    Running,

    /// <summary>It cannot run, and no wait would mend that; the host was told to stop.</summary>
    Failed,

    /// <summary>The host has stopped it.</summary>
    Stopped,
}
