using Monty.Interop;
using Monty.Interop.Sessions;

namespace Monty.Actors;

/// <summary>What an engine is made of.</summary>
/// <remarks>Immutable. Times are positive and 49 days at most.</remarks>
public sealed record MontyEngineOptions
{
    /// <summary>Where sessions are kept. The engine does not dispose it.</summary>
    public required SessionStore Store { get; init; }

    /// <summary>Keys that seal what is stored: the first makes new seals, all of them are accepted. Default: none, no seals.</summary>
    /// <remarks>
    /// A seal is an HMAC-SHA-256 over each change and snapshot with its session and sequence number, so that bytes that were edited, moved or damaged in the store are found before they are used.
    /// Not found: a session that was set back as a whole to an earlier state of its own, and edits of the index. Nothing is encrypted. Use seals from the first session of a store on: what has none is refused.
    /// </remarks>
    public IReadOnlyList<SealKey> SealKeys { get; init; } = [];

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
    public TimeSpan TurnTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a turn may take before the command that caused it is stored by itself, so that its sender need not wait. Default: 250 ms.</summary>
    public TimeSpan AnswerFirstAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a command waits for a store that does not answer or keeps failing, before its sender is told so. The time that turns take does not count. Default: 30 seconds.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many commands may wait for one session; more are refused as <see cref="SessionRefusal.TooBusy"/>. Default: 1,000.</summary>
    public int MaxQueuedCommands { get; init; } = 1_000;

    /// <summary>The largest state of an interpreter, in bytes, that is stored with every change. A larger one is stored in snapshots, every <see cref="LargeDumpTurns"/> turns. Default: 4 KiB.</summary>
    public int MaxInlineDump { get; init; } = 4 * 1024;

    /// <summary>How many turns pass between two snapshots of a session with a large interpreter. Default: 16.</summary>
    public int LargeDumpTurns { get; init; } = 16;

    /// <summary>How many changes pass between two snapshots of a session. Default: 100.</summary>
    public int SnapshotEvery { get; init; } = 100;

    /// <summary>How long a session without work stays in memory. Default: 30 seconds.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for handlers that do not heed their cancellation, and for a store that does not answer. Default: 10 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

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

    internal string JournalPluginId { get; init; } = "monty.persistence.journal";

    internal string SnapshotPluginId { get; init; } = "monty.persistence.snapshot-store";

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
        ArgumentNullException.ThrowIfNull(Store);
        ArgumentNullException.ThrowIfNull(SealKeys);
        ArgumentNullException.ThrowIfNull(Tools);
        ArgumentNullException.ThrowIfNull(Pool);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        Pool.Validate();
        new MontyOsOptions { Environment = Environment, WorkingDirectory = WorkingDirectory }.Validate();
        Timeouts.Check(TurnTimeout, nameof(TurnTimeout));
        Timeouts.Check(AnswerFirstAfter, nameof(AnswerFirstAfter));
        Timeouts.Check(CommandTimeout, nameof(CommandTimeout));
        Timeouts.Check(IdleTimeout, nameof(IdleTimeout));
        Timeouts.Check(StopTimeout, nameof(StopTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxInlineDump);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeDumpTurns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotEvery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedCommands, 1);
    }
}
