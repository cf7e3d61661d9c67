using System.Diagnostics.CodeAnalysis;
using Monty.Actors.Engine;
using Monty.Interop;
using Monty.Interop.Workers;

namespace Monty.Actors;

/// <summary>Runs durable sessions: each is an actor over a journal, and borrows a worker for a turn at a time.</summary>
/// <remarks>
/// Thread-safe. An acknowledged command is durable: after a crash, the engine that starts next on the journal goes on with it. Sessions that wait are in the journal only.
/// </remarks>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "StopAsync disposes them, once.")]
public sealed class MontyEngine : IAsyncDisposable
{
    private static readonly TimeSpan Unbounded = TimeSpan.FromDays(49); // the longest there is; a turn waits for a worker and a type check for a checker as long as it takes
    private readonly CancellationTokenSource stopping = new();
    private readonly MontyPool pool;
    private readonly JournalOwnership ownership;
    private readonly SessionWakes wakes;
    private readonly ITimer sweep;
    private readonly Lazy<Task> disposal;

    private MontyEngine(MontyEngineOptions options, EngineTools tools, MontyPool pool, JournalOwnership ownership, string runtimeVersion)
    {
        (Options, Tools, this.pool, this.ownership, RuntimeVersion) = (options, tools, pool, ownership, runtimeVersion);
        Turns = new TurnRunner(pool, tools, options);
        Live = new LiveSessions(this);
        wakes = new SessionWakes(this);
        sweep = options.TimeProvider.CreateTimer(_ => Live.Sweep(), null, options.IdleTimeout, options.IdleTimeout);
        disposal = new Lazy<Task>(StopAsync);
        Stopping = stopping.Token;
        Reads = new SessionReads(options.Journal, Stopping);
    }

    internal MontyEngineOptions Options { get; }

    internal EngineTools Tools { get; }

    internal TurnRunner Turns { get; }

    internal SessionReads Reads { get; }

    internal LiveSessions Live { get; }

    internal string RuntimeVersion { get; }

    internal MontyPool Pool => pool;

    internal IJournal Journal => Options.Journal;

    internal TimeProvider Time => Options.TimeProvider;

    internal long Epoch => ownership.Epoch;

    internal bool IsStopping => Stopping.IsCancellationRequested;

    /// <summary>How many sessions are in memory.</summary>
    public int LiveSessions => Live.Count;

    /// <summary>Cancelled when the right to the store is lost, such as with the connection that held it. The engine disposes itself then: turns and handlers are cancelled, no more is begun, and what was acknowledged is durable.</summary>
    /// <remarks>Start another one, which stands by until it owns the store; <see cref="MontyEngineHost"/> does so by itself.</remarks>
    public CancellationToken Lost => ownership.Lost;

    /// <summary>Cancelled when the engine stops, for whatever reason.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The workers' figures.</summary>
    public MontyPoolStatistics Workers => pool.Statistics;

    /// <summary>Takes the journal over, and lets every session that has work to do go on.</summary>
    /// <param name="options">What the engine is made of.</param>
    /// <param name="cancellationToken">Stops waiting for the journal.</param>
    /// <exception cref="ArgumentException">Two tools, or classes that they name, have one name, or an option is out of its range.</exception>
    /// <exception cref="JournalOwnedException">Another engine owns the store, and this kind of store does not wait for it: SQLite. On PostgreSQL the task waits instead.</exception>
    /// <exception cref="JournalException">The store failed.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    public static async Task<MontyEngine> StartAsync(MontyEngineOptions options, CancellationToken cancellationToken = default)
    {
        var (tools, runtime) = await CheckAsync(options).ConfigureAwait(false);
        var pool = new MontyPool(options.Pool with { TimeProvider = options.TimeProvider, CheckoutTimeout = Unbounded });
        JournalOwnership ownership;
        try
        {
            ownership = await options
                .Journal.OwnAsync($"{System.Environment.MachineName}, process {System.Environment.ProcessId}", cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var engine = new MontyEngine(options, tools, pool, ownership, runtime);
        engine.wakes.Begin();
        engine.Lost.UnsafeRegister(_ => Task.Run(() => engine.disposal.Value), null);
        return engine;
    }

    /// <summary>Sends a command to a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The command; sent again under its id it is applied once.</param>
    /// <param name="cancellationToken">Stops waiting; the command may be applied or not.</param>
    /// <returns>What became of it. An accepted one is durable.</returns>
    /// <exception cref="JournalException">The store failed; whether the command was applied is unknown. Send it again under the same id.</exception>
    /// <exception cref="JournalTamperedException">A record of the session is not what was written; it was not run.</exception>
    /// <exception cref="JournalUnreadableException">The session's story cannot be read; it was not run.</exception>
    /// <exception cref="MontyException">No worker could be started; send it again.</exception>
    /// <exception cref="SessionFencedException">Another engine has the session.</exception>
    /// <exception cref="ArgumentException">The session id is empty.</exception>
    /// <exception cref="ObjectDisposedException">The engine stops.</exception>
    public async Task<SessionReply> SendAsync(SessionId session, SessionCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (session == default)
        {
            throw new ArgumentException("The session id is empty.", nameof(session));
        }

        return command is ForkCommand fork
            ? await ForkAsync(session, fork, cancellationToken).ConfigureAwait(false)
            : await Live.AskAsync<SessionReply>(session, reply => new SessionMessage.Command(command, reply), cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>What happened in a session after a version, and what happens: the stream goes on until it is cancelled or the session is closed.</summary>
    /// <param name="session">The session; it may not exist yet.</param>
    /// <param name="afterVersion">The version of the last event that the caller has; 0 for none.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="JournalException">The store failed, or a record is damaged; go on from the last event received.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public IAsyncEnumerable<StoredEvent> FollowAsync(
        SessionId session,
        long afterVersion = 0,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return Reads.FollowAsync(session, afterVersion, cancellationToken);
    }

    /// <summary>What happened in a session after a version, up to now.</summary>
    /// <param name="session">The session; without one, there is nothing.</param>
    /// <param name="afterVersion">The version of the last event that the caller has; 0 for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JournalException">The store failed, or a record is damaged; go on from the last event received.</exception>
    public IAsyncEnumerable<StoredEvent> ReadAsync(SessionId session, long afterVersion = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return Reads.ReadAsync(session, afterVersion, long.MaxValue, cancellationToken);
    }

    /// <summary>A session as its story makes it now: what it does, what it waits for, why it is quarantined. Null when there is none.</summary>
    /// <remarks>The story is read from the journal, page by page, and not through the session, which does not notice.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JournalException">The store failed, or a record is damaged.</exception>
    public Task<SessionView?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        Reads.FindAsync(session, cancellationToken);

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <inheritdoc cref="IJournal.ListAsync"/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        Journal.ListAsync(query, cancellationToken);

    /// <summary>Deletes closed sessions of all tenants that did not change since a time, whole. No session that is not closed is touched.</summary>
    /// <remarks>The names of deleted sessions must not be used again, see <see cref="DurableCall.IdempotencyKey"/>.</remarks>
    /// <inheritdoc cref="IJournal.PurgeAsync"/>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        Journal.PurgeAsync(unchangedSince, max, cancellationToken);

    /// <summary>Runs a feed in a session, which is opened if it is not there, and waits for its end.</summary>
    /// <param name="session">The session.</param>
    /// <param name="code">Python source.</param>
    /// <param name="commandId">The feed's command id; null for a new one. Given again with the same code, it waits for the feed that it named first.</param>
    /// <param name="cancellationToken">Stops waiting; the feed goes on.</param>
    /// <inheritdoc cref="RunAsync(SessionId, FeedCommand, SessionSetup?, CancellationToken)" path="/exception"/>
    public Task<FeedOutcome> RunAsync(
        SessionId session,
        string code,
        string? commandId = null,
        CancellationToken cancellationToken = default
    ) => RunAsync(session, new FeedCommand(commandId ?? Guid.NewGuid().ToString(), code), setup: null, cancellationToken);

    /// <summary>Runs a feed in a session, which is opened if it is not there, and waits for its end.</summary>
    /// <param name="session">The session.</param>
    /// <param name="feed">The feed. Sent again, it is waited for.</param>
    /// <param name="setup">How the session is set up where it is opened; null for the defaults. A session that is there keeps its own.</param>
    /// <param name="cancellationToken">Stops waiting; the feed goes on.</param>
    /// <exception cref="SessionRefusedException">The session refused to be opened, or the feed; the message says why.</exception>
    /// <exception cref="SessionQuarantinedException">The session was quarantined in the feed. Release it and wait again.</exception>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    public async Task<FeedOutcome> RunAsync(
        SessionId session,
        FeedCommand feed,
        SessionSetup? setup = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(feed);
        var opened = await SendAsync(session, new OpenCommand(Guid.NewGuid().ToString(), setup ?? new SessionSetup()), cancellationToken)
            .ConfigureAwait(false);
        if (opened is SessionReply.Refused { Reason: not (SessionRefusal.Exists or SessionRefusal.Closed) } unopened)
        {
            throw new SessionRefusedException(unopened.Reason, unopened.Message);
        }

        return await SendAsync(session, feed, cancellationToken).ConfigureAwait(false) switch
        {
            SessionReply.Refused refused => throw new SessionRefusedException(refused.Reason, refused.Message),
            SessionReply.Accepted accepted => await Reads
                .WaitAsync(session, feed.CommandId, accepted.Before, cancellationToken)
                .ConfigureAwait(false),
            _ => await WaitAsync(session, feed.CommandId, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Waits for the end of a feed that was sent before, by this engine or an earlier one, and gives its outcome, also long after.</summary>
    /// <remarks>The story is read from its start. The last feed of that command id counts. A feed that waits for somebody's answer is waited for as long as that takes.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="commandId">The id of the feed's command.</param>
    /// <param name="cancellationToken">Stops waiting; the feed goes on.</param>
    /// <exception cref="SessionRefusedException">There is no such session (<see cref="SessionRefusal.NotFound"/>), or no such feed in it (<see cref="SessionRefusal.NoSuchFeed"/>).</exception>
    /// <exception cref="SessionQuarantinedException">The session is quarantined in the feed. Release it and wait again.</exception>
    /// <exception cref="JournalException">The store failed, or a record is damaged; wait again.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped; wait in the one that starts next.</exception>
    public Task<FeedOutcome> WaitAsync(SessionId session, string commandId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(commandId);
        return Reads.WaitAsync(session, commandId, 0, cancellationToken);
    }

    /// <summary>
    /// Stops: takes no more commands, cancels turns and handlers, makes durable what was taken in, and gives the journal up. Sessions go on in the engine that starts
    /// next: a turn that was cancelled never happened, and a call whose handler was cancelled is tried again under its number. A handler that returns all the same has answered.
    /// </summary>
    /// <remarks>
    /// Disposing again returns the same end. A handler that does not heed its token is waited for until <see cref="MontyEngineOptions.StopTimeout"/> has passed on the engine's clock; it is
    /// reported then, and nobody hears how it ends.
    /// </remarks>
    public ValueTask DisposeAsync() => new(disposal.Value);

    /// <summary>What has to be right before a store is needed.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    internal static async Task<(EngineTools Tools, string RuntimeVersion)> CheckAsync(MontyEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tools = new EngineTools(options.Tools, options.Host is null ? null : new ToolSpec("any", CallKind.External, IsAsync: true));
        return (
            tools,
            await Interop
                .Workers.RuntimeVersion.AskAsync(
                    RuntimeLocator.Find(options.Pool.RuntimePath),
                    options.Pool.StartTimeout,
                    options.TimeProvider
                )
                .ConfigureAwait(false)
        );
    }

    /// <summary>Appends; measured while somebody listens.</summary>
    internal Task<AppendResult> AppendAsync(SessionAppend append) =>
        MontyEngineTelemetry.MeasuresAppends
            ? MontyEngineTelemetry.MeasureAppendAsync(Time, Journal, append)
            : Journal.AppendAsync(append, CancellationToken.None);

    /// <summary>Told by a session's actor after each append what is durable now, and when something is due.</summary>
    internal void Saved(SessionId session, IReadOnlyList<SessionEvent> facts, DateTimeOffset? dueAt)
    {
        var isEnd = false;
        foreach (var fact in facts)
        {
            MontyEngineTelemetry.Count(fact);
            isEnd |= fact is FeedEnded or SessionClosed or SessionQuarantined;
            if (fact is SessionQuarantined quarantined)
            {
                Report(
                    $"{session} is in quarantine: {quarantined.Reason}. Its story holds the evidence; ReleaseCommand lets it go on.",
                    null
                );
            }
        }

        Live.Appended(session);
        wakes.Expect(dueAt);
        Reads.Appended(session, isEnd);
    }

    /// <summary>Told by a session's actor when it has read its story, which may hold what the store did not say that it had appended.</summary>
    internal void Recovered(SessionId session, long version, DateTimeOffset? dueAt)
    {
        if (version > 0)
        {
            MontyEngineTelemetry.CountRecovery();
        }

        Live.Recovered(session);
        if (dueAt > Time.GetUtcNow())
        {
            wakes.Expect(dueAt); // what is due already was woken for it, or is tried again after a while
        }

        Reads.Appended(session, isEnd: true);
    }

    /// <summary>Asks the one session what a fork begins with, and lets the other begin so. Neither waits for the other, so that two that are forked into one another cannot.</summary>
    private async Task<SessionReply> ForkAsync(SessionId source, ForkCommand fork, CancellationToken cancellationToken)
    {
        if (SessionFork.Check(fork) is { } invalid)
        {
            return new SessionReply.Refused(invalid.Refusal, invalid.Message);
        }

        var offer = await Live.AskAsync<ForkOffer>(source, reply => new SessionMessage.Offer(fork, reply), cancellationToken)
            .ConfigureAwait(false);
        return await Live.AskAsync<SessionReply>(
                new SessionId(source.Tenant, fork.Target),
                reply => new SessionMessage.Begin(offer, reply),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task StopAsync()
    {
        if (Lost.IsCancellationRequested)
        {
            Report(
                "The engine lost its store and stops. What was acknowledged is durable; an engine that owns the store goes on with it.",
                null
            );
        }

        try
        {
            await stopping.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException thrown)
        {
            Report("Code of the store that was told of the engine's stop threw; the stop goes on.", thrown);
        }

        wakes.Dispose();
        await sweep.DisposeAsync().ConfigureAwait(false);
        try
        {
            await Task.Run(EndSessionsAsync).WaitAsync(Options.StopTimeout, Time).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            Live.KillAll();
            Report(
                $"The engine stops without {LiveSessions} sessions that did not end within {Options.StopTimeout}: a handler does not heed its cancellation, or the store does not answer. The engine that starts next goes on with them.",
                late
            );
        }
        finally
        {
            Turns.Dispose();
            await pool.DisposeAsync().ConfigureAwait(false);
            await ownership.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
        }
    }

    private async Task EndSessionsAsync()
    {
        await Live.EndAsync(atOnce: Lost.IsCancellationRequested).ConfigureAwait(false);
        await wakes.EndAsync().ConfigureAwait(false);
    }

    internal void Report(string message, Exception? failure) => Options.Report(message, failure);
}
