using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.Region;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Interop.Workers;

namespace Monty.Actors;

/// <summary>Runs durable sessions: each is a persistent actor, and borrows a worker for one turn at a time.</summary>
/// <remarks>
/// Thread-safe. An acknowledged command is durable: after a crash, the engine that starts next on the store goes on with it. Sessions that wait are in the store only.
/// </remarks>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "StopAsync disposes them, once.")]
public sealed class MontyEngine : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ended = new();
    private readonly MontyPool pool;
    private readonly StoreOwnership ownership;
    private readonly ActorSystem system;
    private readonly IActorRef region;
    private readonly SessionReads reads;
    private readonly TurnRunner turns;
    private readonly Lazy<Task> disposal;

    private MontyEngine(EngineParts parts)
    {
        Options = parts.Options;
        pool = parts.Pool;
        ownership = parts.Ownership;
        system = parts.System;
        turns = parts.Turns;
        region = parts.Region;
        reads = new SessionReads(parts.Store, parts.History, parts.System, stopping.Token);
        disposal = new Lazy<Task>(StopAsync);
        Stopping = stopping.Token;
    }

    internal MontyEngineOptions Options { get; }

    internal ActorSystem System => system;

    internal MontyPool Pool => pool;

    /// <summary>How many sessions somebody follows or waits for.</summary>
    internal int Followed => reads.Followed;

    private SessionStore Store => Options.Store;

    /// <summary>Cancelled when the right to the store is lost, for example with the connection that held it. The engine then stops by itself: turns and handlers are cancelled, nothing is started, and what was acknowledged is durable.</summary>
    /// <remarks>Start another one, which stands by until it owns the store. <see cref="MontyEngineHost"/> does so by itself.</remarks>
    public CancellationToken Lost => ownership.Lost;

    /// <summary>Cancelled when the engine stops, for whatever reason.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The workers' figures.</summary>
    public MontyPoolStatistics Workers => pool.Statistics;

    /// <summary>Takes the store over, and lets every session that has work to do go on.</summary>
    /// <param name="options">What the engine is made of.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="ArgumentException">Two tools, or classes that they name, have the same name, or an option is out of its range.</exception>
    /// <exception cref="StoreOwnedException">Another engine owns the store, and this kind of store does not wait for it: SQLite. On PostgreSQL the task waits instead.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    public static async Task<MontyEngine> StartAsync(MontyEngineOptions options, CancellationToken cancellationToken = default)
    {
        var (tools, runtime) = await CheckAsync(options).ConfigureAwait(false);
        var holder = $"{Environment.MachineName}, process {Environment.ProcessId}";
        var ownership = await options.Store.OwnAsync(holder, cancellationToken).ConfigureAwait(false);
        var engine = new MontyEngine(EngineParts.Create(options, tools, runtime, ownership));
        engine.Lost.UnsafeRegister(_ => Task.Run(() => engine.disposal.Value), null);
        return engine;
    }

    /// <summary>Returns how many sessions are in memory.</summary>
    public Task<int> CountLiveSessionsAsync(CancellationToken cancellationToken = default) =>
        region.Ask<int>(CountEntities.Instance, cancellationToken);

    /// <summary>Sends a command to a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The command. Sent again under its id it is applied once.</param>
    /// <param name="cancellationToken">Stops waiting. The command may be applied or not.</param>
    /// <returns>What became of it. An accepted command is durable.</returns>
    /// <exception cref="SessionStoreException">The store did not answer within <see cref="MontyEngineOptions.CommandTimeout"/>. The command may have been applied: send it again under the same id.</exception>
    /// <exception cref="SessionFencedException">Another engine has claimed the store, and owns the session. The command was not applied here.</exception>
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
            : await AskAsync<SessionReply>(session, new SendCommand(command), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What happened in a session after a version, and what happens: the stream goes on until it is cancelled or the session is closed.</summary>
    /// <param name="session">The session; it may not exist yet.</param>
    /// <param name="afterVersion">The version of the last event that the caller has; 0 for none.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged; go on from the last event received.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public IAsyncEnumerable<StoredEvent> FollowAsync(
        SessionId session,
        long afterVersion = 0,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return reads.FollowAsync(session, afterVersion, cancellationToken);
    }

    /// <summary>What happened in a session after a version, up to now.</summary>
    /// <param name="session">The session; without one, there is nothing.</param>
    /// <param name="afterVersion">The version of the last event that the caller has; 0 for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged; go on from the last event received.</exception>
    public IAsyncEnumerable<StoredEvent> ReadAsync(SessionId session, long afterVersion = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return reads.ReadAsync(session, afterVersion, cancellationToken);
    }

    /// <summary>A session as its story makes it now: what it does, what it waits for, why it is quarantined. Null when there is none.</summary>
    /// <remarks>The story is read from the journal, page by page, and not through the session, which does not notice.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged.</exception>
    public Task<SessionView?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        reads.FindAsync(session, cancellationToken);

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <param name="query">The tenant, filters, and where to go on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        Store.ListAsync(query, cancellationToken);

    /// <summary>Deletes closed sessions of all tenants that did not change since a time, whole. No session that is not closed is touched.</summary>
    /// <remarks>The names of deleted sessions must not be used again, see <see cref="DurableCall.IdempotencyKey"/>.</remarks>
    /// <param name="unchangedSince">The latest change of what is deleted.</param>
    /// <param name="max">The most sessions to delete in this call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many were deleted; fewer than <paramref name="max"/> when none are left.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        Store.PurgeAsync(unchangedSince, max, cancellationToken);

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
            SessionReply.Accepted accepted => await reads
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
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged; wait again.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped; wait in the one that starts next.</exception>
    public Task<FeedOutcome> WaitAsync(SessionId session, string commandId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(commandId);
        return reads.WaitAsync(session, commandId, 0, cancellationToken);
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

    /// <summary>Lets a session leave memory as soon as it has nothing to do, and waits until it has.</summary>
    internal Task PassivateAsync(SessionId session, CancellationToken cancellationToken = default) =>
        AskAsync<SessionLeft>(session, LeaveMemory.Instance, cancellationToken);

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

    /// <summary>Asks the one session what a fork begins with, and lets the other begin with it. Neither waits for the other, so that two sessions can be forked into one another.</summary>
    private async Task<SessionReply> ForkAsync(SessionId source, ForkCommand fork, CancellationToken cancellationToken)
    {
        if (SessionFork.Check(fork) is { } invalid)
        {
            return new SessionReply.Refused(invalid.Refusal, invalid.Message);
        }

        var offered = await AskAsync<object>(source, new GetForkSource(fork), cancellationToken).ConfigureAwait(false);
        if (offered is not ForkSource offer)
        {
            return (SessionReply)offered;
        }

        if (offer.Refusal is null)
        {
            offer = offer with
            {
                History = await reads.ReadEventsAsync(source, offer.SequenceNumber, cancellationToken).ConfigureAwait(false),
            };
        }

        return await AskAsync<SessionReply>(new SessionId(source.Tenant, fork.Target), new StartAsFork(offer), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(SessionId session, object message, CancellationToken cancellationToken)
    {
        if (Stopping.IsCancellationRequested)
        {
            throw EngineStopped.Exception(Lost.IsCancellationRequested);
        }

        using var either = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token)
            : null;
        try
        {
            return await region
                .Ask<T>(new SessionEnvelope(session, message), Timeout.InfiniteTimeSpan, either?.Token ?? ended.Token)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or AskTimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw EngineStopped.Exception(Lost.IsCancellationRequested);
        }
    }

    private async Task StopAsync()
    {
        if (Lost.IsCancellationRequested)
        {
            Options.Report(
                "The engine lost its store and stops. What was acknowledged is durable. An engine that owns the store goes on with it.",
                null
            );
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await region
                .Ask<RegionStopped>(StopSession.Instance, Timeout.InfiniteTimeSpan)
                .WaitAsync(Options.StopTimeout, Options.TimeProvider)
                .ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            Options.Report(
                $"The engine stops without sessions that did not end within {Options.StopTimeout}: a handler ignores its cancellation, or the store does not answer. The engine that starts next goes on with them.",
                late
            );
        }
        finally
        {
            await system.Terminate().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await StoreExtension.For(system).Writer.DisposeAsync().ConfigureAwait(false);
            turns.Dispose();
            await pool.DisposeAsync().ConfigureAwait(false);
            await ownership.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
            ended.Dispose();
        }
    }
}
