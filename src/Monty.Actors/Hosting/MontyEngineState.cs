namespace Monty.Actors;

/// <summary>The state of a host's engine, for example for a health check (<see cref="MontyEngineHost.State"/>).</summary>
public enum MontyEngineState
{
    /// <summary>The host has not started the engine yet.</summary>
    Created,

    /// <summary>
    /// The engine waits for its store, because another engine owns the store or the store does not answer. It takes over as soon as it can.
    /// </summary>
    StandingBy,

    /// <summary>The engine owns the store and runs.</summary>
    Running,

    /// <summary>The engine cannot run, and waiting would not fix the cause. The host was told to stop.</summary>
    Failed,

    /// <summary>The host has stopped the engine.</summary>
    Stopped,
}
