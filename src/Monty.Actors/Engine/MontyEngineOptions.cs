using Monty.Interop;

namespace Monty.Actors;

/// <summary>What an engine is made of.</summary>
/// <remarks>Immutable.</remarks>
public sealed record MontyEngineOptions
{
    /// <summary>Where sessions live. The engine does not dispose it.</summary>
    public required IJournal Journal { get; init; }

    /// <summary>The host functions of the sessions, the same for all. <c>sleep(seconds)</c>, <c>receive(signal)</c>, <c>now()</c> and <c>new_id()</c> are there besides, unless a tool takes the name.</summary>
    public IReadOnlyCollection<DurableTool> Tools { get; init; } = [];

    /// <summary>The workers. Its time provider is the engine's, and its checkout timeout does not apply: turns wait for as long as it takes.</summary>
    public MontyPoolOptions Pool { get; init; } = new();

    /// <summary>The environment variables that scripts see. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long one turn may take, with the read-only tools that it calls, before its worker is killed and its feed fails. Default: 1 minute.</summary>
    public TimeSpan TurnDeadline { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a turn may take before the command that led to it is made durable by itself. Default: 250 ms.</summary>
    public TimeSpan AnswerFirstAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The largest dump in bytes that is stored with every turn; a larger one is stored every <see cref="LargeDumpTurns"/> turns and at the end of a feed. Default: 64 KiB.</summary>
    public int MaxInlineDump { get; init; } = 64 * 1024;

    /// <summary>How many turns go by between two stored dumps that are large. Default: 16.</summary>
    public int LargeDumpTurns { get; init; } = 16;

    /// <summary>How long a session without work stays in memory. Default: 30 seconds.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many sessions are recovered at once when the engine starts. Default: 32.</summary>
    public int MaxRecoveries { get; init; } = 32;

    /// <summary>The clock of timers, deadlines and scripts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Hears of what concerns no single command, such as a store that does not answer, and of what handlers threw, whose texts scripts do not see. What it throws itself is dropped. Any thread. Default: nobody.</summary>
    public Action<string, Exception?>? OnProblem { get; init; }

    /// <summary>Answers everything on the spot in place of the tools; the text is what was printed since it was last asked. For the conformance suite, which plays the host itself.</summary>
    internal Func<SessionId, string, MontySuspension, CancellationToken, MontyAnswer?>? Host { get; init; }

    internal void Report(string message, Exception? failure)
    {
        try
        {
            OnProblem?.Invoke(message, failure);
        }
#pragma warning disable CA1031 // Nobody is left to tell, and what was reported has to go on.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Journal);
        ArgumentNullException.ThrowIfNull(Tools);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TurnDeadline, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AnswerFirstAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxInlineDump);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeDumpTurns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecoveries, 1);
    }
}
