using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Monty.Actors.Engine;
using Monty.Actors.Records;
using Monty.Interop;
using Monty.Interop.Workers;

namespace Monty.Actors;

/// <summary>Runs durable sessions: each is an actor over a journal, and borrows a worker for a turn at a time.</summary>
/// <remarks>
/// Thread-safe. An acknowledged command is durable: after a crash, the engine that starts next on the journal goes on with it. Sessions that wait are in the journal only.
/// </remarks>
public sealed class MontyEngine : IAsyncDisposable
{
    private const int PageSize = 1000;
    private static readonly TimeSpan Unbounded = TimeSpan.FromDays(49); // the longest there is; a turn waits for a worker and a type check for a checker as long as it takes
    private static readonly TimeSpan FirstRevival = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRevival = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<SessionId, SessionActor> actors = new();
    private readonly ConcurrentDictionary<SessionId, int> revivals = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SessionWatch watch = new();
    private readonly SessionWatch ends = new();
    private readonly MontyPool pool;
    private readonly JournalOwnership ownership;
    private readonly DueTimer due;
    private readonly ITimer sweep;
    private Task recovery = Task.CompletedTask;
    private Task wakes = Task.CompletedTask;
    private IReadOnlyList<DueSession> woken = [];
    private bool isDisposed;

    private MontyEngine(MontyEngineOptions options, EngineTools tools, MontyPool pool, JournalOwnership ownership, string runtimeVersion)
    {
        (Options, Tools, this.pool, this.ownership, RuntimeVersion) = (options, tools, pool, ownership, runtimeVersion);
        Turns = new TurnRunner(pool, tools, options);
        due = new DueTimer(options.TimeProvider, () => wakes = WakeDueAsync());
        sweep = options.TimeProvider.CreateTimer(_ => Sweep(), null, options.IdleTimeout, options.IdleTimeout);
        ownership.Lost.UnsafeRegister(_ => stopping.Cancel(), null);
    }

    internal MontyEngineOptions Options { get; }

    internal EngineTools Tools { get; }

    internal TurnRunner Turns { get; }

    internal string RuntimeVersion { get; }

    internal MontyPool Pool => pool;

    internal IJournal Journal => Options.Journal;

    internal TimeProvider Time => Options.TimeProvider;

    internal long Epoch => ownership.Epoch;

    /// <summary>How many sessions are in memory.</summary>
    public int LiveSessions => actors.Count;

    /// <summary>Cancelled when another engine has taken the store over; this one stops then.</summary>
    public CancellationToken Lost => ownership.Lost;

    /// <summary>The workers' figures.</summary>
    public MontyPoolStatistics Workers => pool.Statistics;

    /// <summary>Takes the journal over, and lets every session that has work to do go on.</summary>
    /// <param name="options">What the engine is made of.</param>
    /// <param name="cancellationToken">Stops waiting for the journal.</param>
    /// <exception cref="ArgumentException">Two tools, or classes that they name, have one name, or an option is out of its range.</exception>
    /// <exception cref="JournalOwnedException">Another engine owns the store.</exception>
    /// <exception cref="JournalException">The store failed.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    public static async Task<MontyEngine> StartAsync(MontyEngineOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tools = new EngineTools(options.Tools, options.Host is null ? null : new ToolSpec("any", CallKind.External, IsAsync: true));
        var runtime = await Interop.Workers.RuntimeVersion.AskAsync(RuntimeLocator.Find(options.Pool.RuntimePath), options.Pool.StartTimeout, options.TimeProvider).ConfigureAwait(false);
        var pool = new MontyPool(options.Pool with { TimeProvider = options.TimeProvider, CheckoutTimeout = Unbounded });
        JournalOwnership ownership;
        try
        {
            ownership = await options.Journal.OwnAsync($"{System.Environment.MachineName}, process {System.Environment.ProcessId}", cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            pool.Dispose();
            throw;
        }

        var engine = new MontyEngine(options, tools, pool, ownership, runtime);
        engine.recovery = engine.RecoverAsync();
        return engine;
    }

    /// <summary>Sends a command to a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The command; sent again under its id it is applied once.</param>
    /// <param name="cancellationToken">Stops waiting; the command may be applied or not.</param>
    /// <returns>What became of it. An accepted one is durable.</returns>
    /// <exception cref="JournalException">The store failed; whether the command was applied is unknown. Send it again under the same id.</exception>
    /// <exception cref="MontyException">No worker could be started; send it again.</exception>
    /// <exception cref="SessionFencedException">Another engine has the session.</exception>
    /// <exception cref="ObjectDisposedException">The engine stops.</exception>
    public async Task<SessionReply> SendAsync(SessionId session, SessionCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (session == default) throw new ArgumentException("The session id is empty.", nameof(session));
        return command is ForkCommand fork
            ? await ForkAsync(session, fork, cancellationToken).ConfigureAwait(false)
            : await AskAsync<SessionReply>(session, reply => new SessionMessage.Command(command, reply), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What happened in a session after a version, and what happens: the stream goes on until it is cancelled or the session is closed.</summary>
    /// <param name="session">The session; it may not exist yet.</param>
    /// <param name="afterVersion">The version of the last event that the caller has; 0 for none.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="JournalException">The store failed, or a record is damaged; go on from the last event received.</exception>
    /// <exception cref="ObjectDisposedException">The engine stopped.</exception>
    public IAsyncEnumerable<StoredEvent> FollowAsync(SessionId session, long afterVersion = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return FollowOnAsync(watch, session, afterVersion, cancellationToken);
    }

    /// <summary>What happened in a session after a version, up to now.</summary>
    /// <inheritdoc cref="FollowAsync"/>
    public IAsyncEnumerable<StoredEvent> ReadAsync(SessionId session, long afterVersion = 0, CancellationToken cancellationToken = default) => ReadAsync(session, afterVersion, long.MaxValue, cancellationToken);

    /// <summary>Runs a feed in a session, which is opened if it is not there, and waits for its end.</summary>
    /// <param name="session">The session.</param>
    /// <param name="code">Python source.</param>
    /// <param name="commandId">The feed's command id; null for a new one. Given again, it waits for the feed that it named first.</param>
    /// <param name="cancellationToken">Stops waiting; the feed goes on.</param>
    /// <exception cref="InvalidOperationException">The session refused the feed; the message says why.</exception>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    public async Task<FeedOutcome> RunAsync(SessionId session, string code, string? commandId = null, CancellationToken cancellationToken = default)
    {
        var opened = await SendAsync(session, new OpenCommand("open", new SessionSetup()), cancellationToken).ConfigureAwait(false);
        if (opened is SessionReply.Refused { Reason: not SessionRefusal.Exists } unopened) throw new InvalidOperationException(unopened.Message);
        var command = new FeedCommand(commandId ?? Guid.NewGuid().ToString(), code);
        var reply = await SendAsync(session, command, cancellationToken).ConfigureAwait(false);
        if (reply is SessionReply.Refused refused) throw new InvalidOperationException(refused.Message);
        var feed = reply is SessionReply.Accepted accepted ? accepted.Feed : await FindFeedAsync(session, command.CommandId, cancellationToken).ConfigureAwait(false);
        var isMine = false;
        await foreach (var stored in FollowOnAsync(ends, session, 0, cancellationToken).ConfigureAwait(false))
        {
            isMine |= stored.Event is Fed fed && fed.Feed == feed;
            if (isMine && stored.Event is FeedEnded ended) return ended.Outcome;
        }

        throw new InvalidOperationException($"{session} was closed.");
    }

    /// <summary>Stops: takes no more commands, lets the turns that run end, cancels handlers, and gives the journal up. Sessions go on in the engine that starts next.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        await stopping.CancelAsync().ConfigureAwait(false);
        due.Dispose();
        await sweep.DisposeAsync().ConfigureAwait(false);
        await recovery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await wakes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!actors.IsEmpty) await Task.WhenAll(actors.Values.Select(a => a.StopAsync())).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Turns.Dispose();
        pool.Dispose();
        await ownership.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    /// <summary>Lets a session leave memory, if it has nothing to do.</summary>
    internal async Task PassivateAsync(SessionId session)
    {
        if (!actors.TryGetValue(session, out var actor)) return;
        await actor.SendAsync(new SessionMessage.Passivate(long.MaxValue), CancellationToken.None).ConfigureAwait(false);
        await actor.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal async IAsyncEnumerable<StoredEvent> ReadAsync(SessionId session, long afterVersion, long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (afterVersion < upTo)
        {
            var page = await Journal.ReadAsync(session, afterVersion, (int)Math.Min(PageSize, upTo - afterVersion), cancellationToken).ConfigureAwait(false);
            foreach (var record in page) yield return new StoredEvent(record.Version, record.At, RecordCodec.Decode(record));
            if (page.Count == 0) yield break;
            afterVersion = page[^1].Version;
        }
    }

    /// <summary>Told by a session's actor after each append.</summary>
    internal void Changed(SessionId session, DateTimeOffset? dueAt, bool hasEnded)
    {
        revivals.TryRemove(session, out _);
        watch.Appended(session);
        if (hasEnded) ends.Appended(session);
        due.Expect(dueAt);
    }

    /// <summary>Told by a session's actor when it has read its story.</summary>
    internal void Recovered(SessionId session) => Announce(session);

    /// <summary>Told by a session's actor at its end.</summary>
    internal void Ended(SessionId session, SessionActor actor, Exception? failure)
    {
        actors.TryRemove(KeyValuePair.Create(session, actor));
        if (failure is null || stopping.IsCancellationRequested) return;
        Announce(session); // the append that failed may have happened
        Report($"{session} left memory: {failure.Message}", failure);
        if (failure is SessionFencedException or JournalTamperedException) return;
        var attempt = revivals.AddOrUpdate(session, 1, (_, n) => n + 1);
        var delay = FirstRevival * Math.Pow(2, Math.Min(attempt - 1, 10));
        _ = ReviveAsync(session, delay < LongestRevival ? delay : LongestRevival);
    }

    /// <summary>Asks the one session what a fork begins with, and lets the other begin so. Neither waits for the other, so that two that are forked into one another cannot.</summary>
    private async Task<SessionReply> ForkAsync(SessionId source, ForkCommand fork, CancellationToken cancellationToken)
    {
        if (SessionFork.Check(fork) is { } invalid) return new SessionReply.Refused(invalid.Refusal, invalid.Message);
        var offer = await AskAsync<ForkOffer>(source, reply => new SessionMessage.Offer(fork, reply), cancellationToken).ConfigureAwait(false);
        return await AskAsync<SessionReply>(new SessionId(source.Tenant, fork.Target), reply => new SessionMessage.Begin(offer, reply), cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(SessionId session, Func<TaskCompletionSource<T>, SessionMessage> ask, CancellationToken cancellationToken)
    {
        var reply = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await TellAsync(session, ask(reply), cancellationToken).ConfigureAwait(false);
        return await reply.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The feed that a command id of the session names: the last one, as a fork has feeds from before with ids of their own.</summary>
    private async Task<int> FindFeedAsync(SessionId session, string commandId, CancellationToken cancellationToken)
    {
        var feed = 0;
        await foreach (var stored in ReadAsync(session, 0, cancellationToken).ConfigureAwait(false))
        {
            if (stored.Event is Fed fed && fed.CommandId == commandId) feed = fed.Feed;
            if (stored.Event is Forked) feed = 0;
        }

        return feed > 0 ? feed : throw new InvalidOperationException($"Another command of {session} had the id of this feed. Give it one of its own.");
    }

    /// <summary>Reads on whenever the watch fires.</summary>
    private async IAsyncEnumerable<StoredEvent> FollowOnAsync(SessionWatch fires, SessionId session, long afterVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        while (true)
        {
            var next = fires.NextAsync(session);
            await foreach (var stored in ReadAsync(session, afterVersion, long.MaxValue, cancellationToken).ConfigureAwait(false))
            {
                afterVersion = stored.Version;
                yield return stored;
                if (stored.Event is SessionClosed) yield break;
            }

            try
            {
                await next.WaitAsync(over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ObjectDisposedException("The engine stopped. Follow the session in the one that starts next.", innerException: null);
            }
        }
    }

    private void Announce(SessionId session)
    {
        watch.Appended(session);
        ends.Appended(session);
    }

    private async Task ReviveAsync(SessionId session, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, Time, stopping.Token).ConfigureAwait(false); // on the engine's clock: a store that failed gets time to come back
            await TellAsync(session, new SessionMessage.Wake(), stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The engine stops; the next one recovers the session.
        }
    }

    private async Task TellAsync(SessionId session, SessionMessage message, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(isDisposed || stopping.IsCancellationRequested, this);
            var actor = actors.GetOrAdd(session, static (id, engine) => new SessionActor(id, engine), this);
            var interrupts = message is SessionMessage.Command { What: CancelCommand or CloseCommand };
            if (interrupts) actor.Interrupt();
            try
            {
                if (await actor.SendAsync(message, cancellationToken).ConfigureAwait(false)) return;
            }
            catch (OperationCanceledException) when (interrupts)
            {
                actor.Withdraw();
                throw;
            }

            await actor.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            actors.TryRemove(KeyValuePair.Create(session, actor));
        }
    }

    private async Task RecoverAsync()
    {
        try
        {
            await Task.Yield();
            due.Expect(await Journal.FindNextDueAsync(stopping.Token).ConfigureAwait(false));
            for (SessionId? after = null; ;)
            {
                var page = await Journal.ListActiveAsync(after, Options.MaxRecoveries, stopping.Token).ConfigureAwait(false);
                if (page.Count == 0) return;
                await Task.WhenAll(page.Select(WakeAsync)).ConfigureAwait(false);
                after = page[^1];
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The engine stops.
        }
        catch (JournalException failed)
        {
            Report("The sessions with work to do could not be listed; trying again.", failed);
            // On the engine's clock: a store that failed gets time to come back.
            await Task.Delay(LongestRevival, Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stopping.IsCancellationRequested) await RecoverAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Wakes a session, and waits until it has recovered; what it does then goes on by itself.</summary>
    private async Task WakeAsync(SessionId session)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await TellAsync(session, new SessionMessage.Wake(woken), stopping.Token).ConfigureAwait(false);
        await woken.Task.WaitAsync(stopping.Token).ConfigureAwait(false);
    }

    private async Task WakeDueAsync()
    {
        try
        {
            var sessions = await Journal.ListDueAsync(Time.GetUtcNow(), PageSize, stopping.Token).ConfigureAwait(false);
            foreach (var session in sessions) await TellAsync(session.Session, new SessionMessage.Wake(), stopping.Token).ConfigureAwait(false);
            if (sessions.Count == 0) due.Expect(await Journal.FindNextDueAsync(stopping.Token).ConfigureAwait(false));
            else due.Expect(Time.GetUtcNow() + (sessions.SequenceEqual(woken) ? LongestRevival : Again)); // one that cannot be loaded stays due
            woken = sessions;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The engine stops.
        }
        catch (JournalException failed)
        {
            Report("The timers that are due could not be listed; trying again.", failed);
            due.Expect(Time.GetUtcNow() + LongestRevival);
        }
    }

    private static TimeSpan Again { get; } = TimeSpan.FromMilliseconds(100);

    private void Sweep()
    {
        var unused = Time.GetTimestamp() - (long)(Options.IdleTimeout.TotalSeconds * Time.TimestampFrequency);
        foreach (var actor in actors.Values) actor.TrySend(new SessionMessage.Passivate(unused));
    }

    private void Report(string message, Exception failure) => Options.Report(message, failure);
}
