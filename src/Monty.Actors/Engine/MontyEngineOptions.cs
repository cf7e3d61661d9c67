using Monty.Interop;
using Monty.Interop.Sessions;

namespace Monty.Actors;

/// <summary>What an engine is made of.</summary>
/// <remarks>Immutable. Times are positive and 49 days at most.</remarks>
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

    /// <summary>The files of a session, which scripts open by <c>open</c> and <c>Path</c>: given its id, so that tenants can have folders of their own. Default: null, where calls for files get the runtime's refusal, <c>PermissionError</c>.</summary>
    /// <remarks>
    /// <para>In-memory and overlay files are part of the session: they are in its story, and in memory while the session is. A change of a read-write mount ends the
    /// turn and is made once it is durable that it will be. The mounts' own limits hold for the whole life of a session.</para>
    /// <para>Asked whenever the session is loaded and needs files; it gives the same each time, and may make folders. Where it throws, or a folder cannot be opened, the session
    /// leaves memory and is tried again. Called from several threads.</para>
    /// </remarks>
    public Func<SessionId, IReadOnlyCollection<MontyMount>>? Mounts { get; init; }

    /// <summary>Where relative paths of scripts start. Default: <c>/</c>. It need not exist.</summary>
    public string WorkingDirectory { get; init; } = "/";

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

    /// <summary>How long a stop waits for handlers that do not heed their cancellation, and for a store that does not answer. Default: 10 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many sessions are recovered at once when the engine starts. Default: 32.</summary>
    public int MaxRecoveries { get; init; } = 32;

    /// <summary>The clock of timers, deadlines and scripts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Hears of what concerns no single command: a store that does not answer or is lost, a session that leaves memory by a failure or is quarantined, and what handlers threw, whose
    /// texts scripts do not see. Default: nobody; the logger of the host where the engine is added by <c>AddMonty</c>. Any thread; what it throws itself is dropped.
    /// </summary>
    /// <remarks>The text names sessions and never holds code, values or evidence; the exception may.</remarks>
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
        { }
    }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Journal);
        ArgumentNullException.ThrowIfNull(Tools);
        ArgumentNullException.ThrowIfNull(Pool);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        Pool.Validate();
        new MontyOsOptions { Environment = Environment, WorkingDirectory = WorkingDirectory }.Validate();
        Timeouts.Check(TurnDeadline, nameof(TurnDeadline));
        Timeouts.Check(AnswerFirstAfter, nameof(AnswerFirstAfter));
        Timeouts.Check(IdleTimeout, nameof(IdleTimeout));
        Timeouts.Check(StopTimeout, nameof(StopTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxInlineDump);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeDumpTurns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecoveries, 1);
    }
}
