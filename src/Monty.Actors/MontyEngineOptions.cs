using Monty.Interop;

namespace Monty.Actors;

/// <summary>The options of an engine: its store, tools, workers and limits.</summary>
/// <remarks>Immutable and thread-safe. Time spans must be positive and at most 49 days. Errors are found by <see cref="MontyEngine.StartAsync"/>.</remarks>
public sealed record MontyEngineOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    /// <summary>The store that keeps the sessions. The engine does not dispose it.</summary>
    public required SessionStore Store { get; init; }

    /// <summary>
    /// The keys that seal stored data. The first key makes new seals, and all keys are accepted. Default: none, which stores data without seals.
    /// </summary>
    /// <remarks>
    /// <para>A seal is an HMAC-SHA-256 over a change or snapshot together with its session and sequence number. It reveals bytes that were edited, moved or
    /// damaged in the store before they are used.</para>
    /// <para>Seals do not reveal that a whole session was set back to an earlier state, or that the index was edited. They encrypt nothing. Use seals from
    /// the first session of a store on, because records without a seal are refused.</para>
    /// </remarks>
    public IReadOnlyList<SealKey> SealKeys { get; init; } = [];

    /// <summary>
    /// The host functions that all sessions can call. <c>sleep(seconds)</c>, <c>receive(signal)</c>, <c>now()</c> and <c>new_id()</c> are added unless a tool
    /// has that name. Default: none.
    /// </summary>
    public IReadOnlyCollection<DurableTool> Tools { get; init; } = [];

    /// <summary>
    /// The options of the worker pool. The engine replaces its time provider by its own, and ignores its checkout timeout: turns wait for a worker without a
    /// limit.
    /// </summary>
    public MontyPoolOptions Pool { get; init; } = new();

    /// <summary>The environment variables that scripts see. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Returns the mounts of a session, which scripts use by <c>open</c> and <c>Path</c>. It is given the session's id, so that each tenant can have its own
    /// folders. Default: null, which makes file access raise <c>PermissionError</c>.
    /// </summary>
    /// <remarks>
    /// <para>In-memory and overlay files are part of the session: their changes are in its history, and the files are in memory while the session is. A
    /// change of a read-write mount ends the turn, and is made only after the call is durable. The mounts' own limits apply to the whole life of a
    /// session.</para>
    /// <para>Called whenever a session is loaded and needs files. It may create folders, and must return the same mounts each time. If it throws, or a folder
    /// cannot be opened, the session leaves memory and is tried again. May be called from several threads at once.</para>
    /// </remarks>
    public Func<SessionId, IReadOnlyCollection<MontyMount>>? Mounts { get; init; }

    /// <summary>The folder that relative paths of scripts start from. It need not exist. Default: <c>/</c>.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>
    /// The maximum duration of one turn, including the read-only tools that it calls. When it passes, the worker is killed and the feed fails. Default: 1
    /// minute.
    /// </summary>
    public TimeSpan TurnTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time after which the command that started a turn is stored on its own, so that its sender need not wait for the turn to end. Default: 250 ms.
    /// </summary>
    public TimeSpan AnswerFirstAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The time that a command waits for a store that does not answer or keeps failing, before <see cref="SessionStoreException"/> is thrown. The time that
    /// turns take does not count. Default: 30 seconds.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum number of commands that wait for one session. More are refused with <see cref="SessionRefusal.TooBusy"/>. Default: 1,000.
    /// </summary>
    public int MaxQueuedCommands { get; init; } = 1_000;

    /// <summary>
    /// The largest interpreter state, in bytes, that is stored with every change. A larger state is stored in snapshots, once every
    /// <see cref="LargeDumpTurns"/> turns. Default: 4 KiB.
    /// </summary>
    public int MaxInlineDump { get; init; } = 4 * 1024;

    /// <summary>The number of turns between two snapshots of a session whose state is larger than <see cref="MaxInlineDump"/>. Default: 16.</summary>
    public int LargeDumpTurns { get; init; } = 16;

    /// <summary>The number of changes between two snapshots of a session. Default: 100.</summary>
    public int SnapshotEvery { get; init; } = 100;

    /// <summary>The time that a session without work stays in memory. Default: 30 seconds.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time that stopping the engine waits for handlers that ignore their cancellation, and for a store that does not answer. Default: 10 seconds.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of timers, deadlines and scripts. Default: the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Called for problems that are not tied to one command: a store that does not answer or is lost, a session that leaves memory because of a failure or is
    /// quarantined, and the exceptions of handlers, whose messages scripts do not see. Default: null, or the host's logger if the engine was added by
    /// <c>AddMonty</c>.
    /// </summary>
    /// <remarks>
    /// May be called from any thread; exceptions that it throws are ignored. The text names sessions and never contains code, values or evidence. The
    /// exception may contain them.
    /// </remarks>
    public Action<string, Exception?>? OnProblem { get; init; }

    /// <summary>
    /// Answers every suspension within the turn in place of the tools. The text is what was printed since the previous call. The conformance suite uses it to
    /// act as the host.
    /// </summary>
    internal Func<SessionId, string, MontySuspension, CancellationToken, MontyAnswer?>? Host { get; init; }

    /// <summary>False to return the worker after each turn, so that a benchmark can compare both. Default: true.</summary>
    internal bool KeepsWorkers { get; init; } = true;

    internal string JournalPluginId { get; init; } = "monty.persistence.journal";

    internal string SnapshotPluginId { get; init; } = "monty.persistence.snapshot-store";

    internal void Report(string message, Exception? failure)
    {
        try
        {
            OnProblem?.Invoke(message, failure);
        }
#pragma warning disable CA1031 // An exception of OnProblem cannot be reported anywhere, and the work that it reports on must continue.
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
        using (new MontyOs(new MontyOsOptions { Environment = Environment, WorkingDirectory = WorkingDirectory }))
        {
            // The constructor checks the options.
        }

        CheckTimeout(TurnTimeout, nameof(TurnTimeout));
        CheckTimeout(AnswerFirstAfter, nameof(AnswerFirstAfter));
        CheckTimeout(CommandTimeout, nameof(CommandTimeout));
        CheckTimeout(IdleTimeout, nameof(IdleTimeout));
        CheckTimeout(StopTimeout, nameof(StopTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxInlineDump);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeDumpTurns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotEvery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedCommands, 1);
    }

    private static void CheckTimeout(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > LongestTimeout)
        {
            throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be positive, and at most {LongestTimeout.Days} days, the longest time that a timer supports."
            );
        }
    }
}
