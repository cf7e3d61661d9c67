using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.Region;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>Runs durable sessions. A session is a persistent actor that borrows a worker process for one turn at a time.</summary>
/// <remarks>
/// <para>Thread-safe. Create one engine for a store and share it. Dispose it before the store.</para>
/// <para>A command that was accepted is durable: after a crash, the next engine on the store continues the session. A session that waits for an answer or a
/// timer uses no worker, and after <see cref="MontyEngineOptions.IdleTimeout"/> it leaves memory and exists only in the store.</para>
/// <para>Canceling a call to the engine only stops the waiting. To cancel the work of a session, send a <see cref="CancelCommand"/>.</para>
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
    private readonly SessionIndexer indexer;
    private readonly TurnRunner turns;
    private readonly ConcurrentDictionary<SessionId, string> stuck;
    private readonly Lazy<Task> disposal;

    private MontyEngine(EngineParts parts)
    {
        Options = parts.Options;
        pool = parts.Pool;
        ownership = parts.Ownership;
        system = parts.System;
        turns = parts.Turns;
        region = parts.Region;
        stuck = parts.Stuck;
        reads = new SessionReads(parts.Store, parts.History, parts.System, stopping.Token);
        var serializer = (SessionSerializer)parts.System.Serialization.FindSerializerForType(typeof(SessionChange));
        indexer = new SessionIndexer(parts.Store, parts.History, serializer, parts.Options.Report);
        disposal = new Lazy<Task>(StopAsync);
        Stopping = stopping.Token;
    }

    internal MontyEngineOptions Options { get; }

    internal ActorSystem System => system;

    internal MontyPool Pool => pool;

    /// <summary>The number of sessions that callers follow or wait for.</summary>
    internal int Followed => reads.Followed;

    private SessionStore Store => Options.Store;

    /// <summary>
    /// Canceled when the engine loses its ownership of the store, for example because the connection that held it broke. The engine then stops by itself: it
    /// cancels turns and handlers and starts nothing. Accepted commands are durable.
    /// </summary>
    /// <remarks>Start another engine, which waits until it owns the store. <see cref="MontyEngineHost"/> does this automatically.</remarks>
    public CancellationToken Lost => ownership.Lost;

    /// <summary>Canceled when the engine stops for any reason.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The state of the worker pool at this moment.</summary>
    public MontyPoolStatistics Workers => pool.Statistics;

    /// <summary>
    /// The sessions that refuse all commands as <see cref="SessionRefusal.Stuck"/> at this moment, for example for a health check. They cannot continue, and
    /// their quarantine could not be stored. Other sessions are not affected.
    /// </summary>
    public IReadOnlyCollection<SessionId> StuckSessions => [.. stuck.Keys];

    /// <summary>Starts an engine: takes ownership of the store, and resumes every session that has work to do.</summary>
    /// <param name="options">The options of the engine.</param>
    /// <param name="cancellationToken">Stops waiting for the store. The engine is not started then.</param>
    /// <exception cref="ArgumentException">Two tools, or classes that they name, have the same name, or an option is out of its range.</exception>
    /// <exception cref="StoreOwnedException">
    /// Another engine owns the store, and the store does not wait for it. A SQLite store throws this; a PostgreSQL store waits instead.
    /// </exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">No runtime executable was found.</exception>
    public static async Task<MontyEngine> StartAsync(MontyEngineOptions options, CancellationToken cancellationToken = default)
    {
        var (tools, runtime) = await CheckAsync(options).ConfigureAwait(false);
        var holder = $"{Environment.MachineName}, process {Environment.ProcessId}";
        var ownership = await options.Store.OwnAsync(holder, cancellationToken).ConfigureAwait(false);
        var engine = new MontyEngine(EngineParts.Create(options, tools, runtime, ownership));
        engine.Lost.UnsafeRegister(_ => Task.Run(() => engine.disposal.Value), null);
        return engine;
    }

    /// <summary>Returns the number of sessions in memory.</summary>
    /// <exception cref="ObjectDisposedException">The engine is stopping or has stopped.</exception>
    public Task<int> CountLiveSessionsAsync(CancellationToken cancellationToken = default) =>
        AskAsync<int>(CountEntities.Instance, cancellationToken);

    /// <summary>Sends a command to a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The command. A command that is sent again under the same id is applied only once.</param>
    /// <param name="cancellationToken">Stops waiting for the reply. The command may still be applied; send it again under the same id to find out.</param>
    /// <returns>The result of the command. An accepted command is durable.</returns>
    /// <exception cref="SessionStoreException">
    /// The store did not answer within <see cref="MontyEngineOptions.CommandTimeout"/>. The command may have been applied. Send it again under the same id.
    /// </exception>
    /// <exception cref="SessionFencedException">
    /// Another engine has taken over the store and owns the session. This engine did not apply the command.
    /// </exception>
    /// <exception cref="ArgumentException">The session id is empty.</exception>
    /// <exception cref="ObjectDisposedException">The engine is stopping or has stopped.</exception>
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

    /// <summary>Reads the events of a session after a version, and then each new event as it is stored. The stream ends when the session is closed.</summary>
    /// <param name="session">The session. It need not exist yet.</param>
    /// <param name="afterVersion">The version of the last event that the caller has, or 0 to start from the first event.</param>
    /// <param name="cancellationToken">Ends the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged. Follow the session again from the last event received.</exception>
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

    /// <summary>Reads the events of a session after a version, up to the last one stored. The stream is empty if the session does not exist.</summary>
    /// <param name="session">The session.</param>
    /// <param name="afterVersion">The version of the last event that the caller has, or 0 to start from the first event.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged. Read again from the last event received.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public IAsyncEnumerable<StoredEvent> ReadAsync(SessionId session, long afterVersion = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return reads.ReadAsync(session, afterVersion, cancellationToken);
    }

    /// <summary>Returns the current state of a session as derived from its history, or null if the session does not exist.</summary>
    /// <remarks>Reads the history from the store page by page. It does not load the session into memory or wait for its commands.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public Task<SessionView?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        reads.FindAsync(session, cancellationToken);

    /// <summary>Lists the sessions of one tenant in the ordinal order of their names.</summary>
    /// <param name="query">The tenant, the filters and the position of the page.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        Store.ListAsync(query, cancellationToken);

    /// <summary>
    /// Deletes closed sessions of all tenants that have not changed since a given time, with their history and snapshots. Open sessions are never deleted.
    /// </summary>
    /// <remarks>Do not use the names of deleted sessions again, see <see cref="DurableCall.IdempotencyKey"/>.</remarks>
    /// <param name="unchangedSince">Sessions that last changed at this time or earlier are deleted.</param>
    /// <param name="max">The maximum number of sessions to delete in this call.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>The number of deleted sessions. It is less than <paramref name="max"/> when no such session is left.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        Store.PurgeAsync(unchangedSince, max, cancellationToken);

    /// <summary>
    /// Rebuilds the index from the histories of all sessions, and then starts the unfinished work of the sessions. Call it after the tables of a store were
    /// moved to another kind of store, or restored from a backup without the index.
    /// </summary>
    /// <remarks>
    /// The engine works in the meantime. A session whose history cannot be read is reported to <see cref="MontyEngineOptions.OnProblem"/>, and its row stays as
    /// it is.
    /// </remarks>
    /// <param name="cancellationToken">Stops the rebuild. The rows that were written remain.</param>
    /// <returns>The number of sessions that were indexed.</returns>
    /// <exception cref="SessionStoreException">The store failed. Call the method again.</exception>
    public async Task<long> ReindexAsync(CancellationToken cancellationToken = default)
    {
        var count = await indexer.RebuildAsync(cancellationToken).ConfigureAwait(false);
        system.EventStream.Publish(IndexRebuilt.Instance);
        return count;
    }

    /// <summary>Runs a feed in a session and waits until the feed ends. Opens the session if it does not exist.</summary>
    /// <param name="session">The session.</param>
    /// <param name="code">The Python source to run.</param>
    /// <param name="commandId">
    /// The command id of the feed, or null for a new one. If a feed with this id and the same code was sent before, the call waits for that feed.
    /// </param>
    /// <param name="cancellationToken">Stops waiting. The feed continues.</param>
    /// <inheritdoc cref="RunAsync(SessionId, FeedCommand, SessionSetup?, CancellationToken)" path="/exception"/>
    public Task<FeedOutcome> RunAsync(
        SessionId session,
        string code,
        string? commandId = null,
        CancellationToken cancellationToken = default
    ) => RunAsync(session, new FeedCommand(commandId ?? Guid.NewGuid().ToString(), code), setup: null, cancellationToken);

    /// <summary>Runs a feed in a session and waits until the feed ends. Opens the session if it does not exist.</summary>
    /// <param name="session">The session.</param>
    /// <param name="feed">The feed. If it was sent before under the same id, the call waits for that feed.</param>
    /// <param name="setup">The setup of the session if it is opened, or null for the defaults. An existing session keeps its own setup.</param>
    /// <param name="cancellationToken">Stops waiting. The feed continues.</param>
    /// <exception cref="SessionRefusedException">The session refused to be opened, or refused the feed. The message gives the reason.</exception>
    /// <exception cref="SessionQuarantinedException">The session was quarantined during the feed. Release it and wait again.</exception>
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

        var end = reads.NextEndAsync(session); // watched before the feed can end, so that its history is read only once
        try
        {
            return await SendAsync(session, feed, cancellationToken).ConfigureAwait(false) switch
            {
                SessionReply.Refused refused => throw new SessionRefusedException(refused.Reason, refused.Message),
                SessionReply.Accepted accepted => await reads
                    .WaitAsync(session, feed.CommandId, accepted.Sequence, end, cancellationToken)
                    .ConfigureAwait(false),
                _ => await WaitAsync(session, feed.CommandId, cancellationToken).ConfigureAwait(false),
            };
        }
        finally
        {
            reads.LeaveEnd(session, end);
        }
    }

    /// <summary>Waits until a feed ends, and returns its outcome. The feed may have been sent by an earlier engine, and may have ended long ago.</summary>
    /// <remarks>
    /// Reads the history from its first event. If several feeds have the command id, the last one counts. There is no timeout: a feed may wait for an answer
    /// for days.
    /// </remarks>
    /// <param name="session">The session.</param>
    /// <param name="commandId">The id of the command that started the feed.</param>
    /// <param name="cancellationToken">Stops waiting. The feed continues.</param>
    /// <exception cref="SessionRefusedException">
    /// The session does not exist (<see cref="SessionRefusal.NotFound"/>), or it has no such feed (<see cref="SessionRefusal.NoSuchFeed"/>).
    /// </exception>
    /// <exception cref="SessionQuarantinedException">The session is quarantined during the feed. Release it and wait again.</exception>
    /// <exception cref="SessionStoreException">The store failed, or a record is damaged. Wait again.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped. Wait in the next engine.</exception>
    public Task<FeedOutcome> WaitAsync(SessionId session, string commandId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(commandId);
        return reads.WaitAsync(session, commandId, 1, Task.CompletedTask, cancellationToken);
    }

    /// <summary>
    /// Stops the engine: refuses new commands, cancels turns and handlers, stores the commands that it has taken, and releases the store.
    /// Sessions continue in the next engine.
    /// </summary>
    /// <remarks>
    /// <para>A canceled turn leaves no trace and is run again. A canceled call is tried again under the same attempt number, unless its handler still returns a
    /// value, which is then its answer.</para>
    /// <para>A handler that ignores its cancellation token is waited for until <see cref="MontyEngineOptions.StopTimeout"/> has passed on the engine's clock.
    /// It is then reported, and its result is lost. Disposing again returns the same task.</para>
    /// </remarks>
    public ValueTask DisposeAsync() => new(disposal.Value);

    /// <summary>Removes a session from memory as soon as it has nothing to do, and waits until it is removed.</summary>
    internal Task PassivateAsync(SessionId session, CancellationToken cancellationToken = default) =>
        AskAsync<SessionLeft>(session, LeaveMemory.Instance, cancellationToken);

    /// <summary>Checks the options, and finds the tools and the runtime, before a store is used.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    internal static async Task<(EngineTools Tools, string RuntimeVersion)> CheckAsync(MontyEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tools = new EngineTools(options.Tools, options.Host is null ? null : new ToolSpec("any", CallKind.External, IsAsync: true));
        using var pool = new MontyPool(options.Pool with { TimeProvider = options.TimeProvider }); // checks its options; starts no worker
        return (tools, await pool.GetRuntimeVersionAsync().ConfigureAwait(false));
    }

    /// <summary>
    /// Asks the source session for the data that a fork starts with, and starts the target with it. Neither session waits for the other, so two sessions can
    /// be forked into each other at the same time.
    /// </summary>
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

    private Task<T> AskAsync<T>(SessionId session, object message, CancellationToken cancellationToken) =>
        AskAsync<T>(new SessionEnvelope(session, message), cancellationToken);

    private async Task<T> AskAsync<T>(object message, CancellationToken cancellationToken)
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
            return await region.Ask<T>(message, Timeout.InfiniteTimeSpan, either?.Token ?? ended.Token).ConfigureAwait(false);
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
                "The engine lost its store and stops. Accepted commands are durable. Sessions continue in the engine that owns the store.",
                null
            );
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        var isLate = false;
        try
        {
            await region
                .Ask<RegionStopped>(StopSession.Instance, Timeout.InfiniteTimeSpan)
                .WaitAsync(Options.StopTimeout, Options.TimeProvider)
                .ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            isLate = true;
            Options.Report(
                $"Stopping the engine did not wait for all sessions, because some did not stop within {Options.StopTimeout}: a handler ignores its cancellation, or the store does not answer. They continue in the next engine.",
                late
            );
        }
        finally
        {
            await system.Terminate().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            var written = StoreExtension.For(system).Writer.DisposeAsync().AsTask();
            if (!isLate)
            {
                await written.ConfigureAwait(false); // otherwise the store may not answer; the epoch fences what it writes after the next claim
            }

            turns.Dispose();
            await pool.DisposeAsync().ConfigureAwait(false);
            await ownership.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
            ended.Dispose();
        }
    }
}
