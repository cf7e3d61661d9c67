using Monty.Interop.Telemetry;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Runs the turns of one interpreter on its worker, and ends a feed that suspends more often, or runs for longer, than its limits allow.</summary>
/// <remarks>Not thread-safe. Run one turn at a time.</remarks>
internal sealed class WorkerTurns(
    WorkerConnection worker,
    SuspensionBudget budget,
    TimeSpan? turnTimeout,
    FeedClock clock,
    TimeProvider time
)
{
    private readonly FeedNames names = new();
    private readonly AsyncFunctions functions = new();
    private WorkerConnection worker = worker;
    private SuspensionBudget budget = budget;
    private EquatableArray<uint> asyncCalls;

    /// <summary>True when the next suspension exceeds a limit.</summary>
    public bool IsBudgetSpent => budget.IsSpent;

    /// <summary>The clock that measures the feed against its limit.</summary>
    public FeedClock Clock => clock;

    /// <summary>True when the worker was killed because the feed exceeded the limit on the time of one feed.</summary>
    public bool HasPassedFeedLimit { get; private set; }

    /// <summary>True when the session has a limit on the time of all its feeds together.</summary>
    public bool HasMaxDuration { get; private set; }

    /// <summary>Receives printed text. Null discards it.</summary>
    public PrintSink? Prints { get; set; }

    /// <summary>True to record an activity and a measurement for each request. The caller sets it to false to measure several requests as one turn. Default: true.</summary>
    public bool MeasuresRequests { get; init; } = true;

    /// <summary>The start of the turn, when its timeout applies to all replies together. Default: null, and the timeout applies to each reply.</summary>
    public long? TimeoutStart { get; init; }

    /// <summary>The timeout of the next reply, or null for none.</summary>
    public TimeSpan? ReplyTimeout { get; private set; }

    /// <summary>Sets the timeout of the next reply. Without a timeout of turns, it is derived from the limit on duration.</summary>
    public void StartClock(TimeSpan? maxDuration)
    {
        ReplyTimeout = Timeouts.ForTurn(turnTimeout, maxDuration);
        HasMaxDuration = maxDuration is not null;
    }

    /// <summary>Continues with another worker, into which the session was loaded.</summary>
    public void SwitchTo(WorkerConnection other)
    {
        worker = other;
        HasPassedFeedLimit = false;
    }

    /// <summary>Sets the timeout of the next reply. When no time is left, the worker is killed.</summary>
    public void LimitReply(TimeSpan rest)
    {
        ReplyTimeout = rest;
        if (rest <= TimeSpan.Zero)
        {
            worker.Break(WorkerFailure.TimedOut);
        }
    }

    /// <summary>Returns true for a pending call of an asynchronous function, which may be answered at once or with a future.</summary>
    public bool IsAsyncCall(uint callId) => asyncCalls.AsSpan().BinarySearch(callId) >= 0;

    /// <summary>Starts counting the suspensions and the time of a feed.</summary>
    public void BeginFeed()
    {
        budget.BeginFeed();
        clock.BeginFeed();
    }

    /// <summary>Sends a feed and, in the same write, the definitions of the asynchronous functions that it refers to for the first time.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="offered">The names of the asynchronous functions that the feed may call.</param>
    /// <param name="scriptName">Its name in frames.</param>
    /// <param name="cancellationToken">Canceling kills the worker once the request is sent.</param>
    /// <exception cref="ArgumentException">The feed is too large. Nothing was sent.</exception>
    public async ValueTask<MontyProgress> FeedAsync(
        ParentRequest feed,
        HashSet<string> offered,
        string scriptName,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeginFeed();
        using var measured = MeasuresRequests && MontyTelemetry.MeasuresTurns ? new TurnMeasurement(time, feed) : null;
        var definitions = EnqueueFeed(feed, offered);
        var progress = await ReceiveFeedCoreAsync(feed, definitions, scriptName, cancellationToken).ConfigureAwait(false);
        measured?.EndWith(progress);
        return await CountAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a suspension, and receives the event that ends the turn.</summary>
    public ValueTask<MontyProgress> AnswerAsync(MontySuspension suspension, MontyAnswer answer, CancellationToken cancellationToken) =>
        RunAsync(AnswerEncoder.Encode(suspension, answer, asyncCalls), cancellationToken);

    /// <summary>Encodes the request of a stateless turn.</summary>
    /// <exception cref="ArgumentException">The request does not fit the state of the session, or cannot be sent.</exception>
    public ParentRequest Encode(TurnRequest turn) => TurnEncoder.Encode(turn, asyncCalls);

    /// <summary>Queues the definitions that a feed needs, and then the feed.</summary>
    /// <returns>The definitions, or null when none are needed.</returns>
    public AsyncDefinitions? EnqueueFeed(ParentRequest feed, HashSet<string> offered)
    {
        var definitions = functions.Choose(feed.Feed.Code, offered, isFresh: names.Count == 0);
        if (definitions is not null)
        {
            SendBuffer.RequireFit(feed); // before anything is queued
            foreach (var request in definitions.Requests)
            {
                worker.Enqueue(request);
            }
        }

        worker.Enqueue(feed);
        return definitions;
    }

    /// <summary>Receives the replies to the definitions, and then the event that ends the turn of the feed.</summary>
    public async ValueTask<MontyProgress> ReceiveFeedAsync(
        ParentRequest feed,
        AsyncDefinitions? definitions,
        string scriptName,
        CancellationToken cancellationToken
    )
    {
        var progress = await ReceiveFeedCoreAsync(feed, definitions, scriptName, cancellationToken).ConfigureAwait(false);
        return await CountAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives the event that ends the turn of the queued request.</summary>
    public async ValueTask<MontyProgress> ReceiveAsync(CancellationToken cancellationToken)
    {
        var progress = await ReceiveCoreAsync(cancellationToken).ConfigureAwait(false);
        return await CountAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the feed at its current suspension.</summary>
    public ValueTask<MontyProgress> AbortAsync(PythonError error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = AnswerEncoder.EncodeAbort(error);
        clock.Stop();
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Ends the feed at its suspension, because it exceeded a limit.</summary>
    public async ValueTask<MontyProgress> AbortAtLimitAsync(PythonError error, CancellationToken cancellationToken)
    {
        var ended = await AbortAsync(error, cancellationToken).ConfigureAwait(false);
        return ended is MontyFailed failed ? failed with { Origin = FailureOrigin.Limit } : ended;
    }

    /// <summary>Receives the reply to a load. Returns the suspension at which the interpreter waits, or null when it is idle.</summary>
    public async ValueTask<MontyProgress?> ReceiveLoadAsync(CancellationToken cancellationToken)
    {
        var reply = await ReceiveReplyAsync(cancellationToken).ConfigureAwait(false);
        return reply.KindCase == ChildEvent.KindOneofCase.Ok ? null : Decode(reply);
    }

    /// <summary>Receives a reply that does not end a turn, and sets the timeout of the next reply from it.</summary>
    public async ValueTask<WorkerEvent> ReceiveReplyAsync(CancellationToken cancellationToken)
    {
        var reply = await worker.ReceiveAsync(null, RemainingTime(turnTimeout), cancellationToken).ConfigureAwait(false);
        ReplyTimeout = Timeouts.ForNextTurn(turnTimeout, turnTimeout, reply);
        Observe(reply);
        return reply;
    }

    /// <summary>Clears all state after the interpreter was reset.</summary>
    public void Reset(MontyLimits limits)
    {
        names.Clear();
        functions.Clear();
        asyncCalls = [];
        budget = new SuspensionBudget(limits);
        clock.Reset();
        StartClock(limits.MaxDuration);
    }

    public void SaveTo(DumpEnvelope dump)
    {
        names.SaveTo(dump);
        functions.SaveTo(dump);
        budget.SaveTo(dump);
        clock.SaveTo(dump);
        dump.AsyncCalls.AddRange(asyncCalls);
    }

    public void Restore(DumpEnvelope dump)
    {
        names.Restore(dump);
        functions.Clear();
        functions.Restore(dump);
        asyncCalls = dump.AsyncCalls.Count == 0 ? [] : dump.AsyncCalls.Order().ToEquatableArray();
    }

    /// <summary>Counts a suspension, and ends the feed when a limit is exceeded.</summary>
    private async ValueTask<MontyProgress> CountAsync(MontyProgress progress, CancellationToken cancellationToken)
    {
        if (progress is not MontySuspension)
        {
            return progress;
        }

        var exceeded = budget.CountSuspension() ?? (clock.IsSpent ? clock.CreateError() : null);
        return exceeded is null ? progress : await AbortAtLimitAsync(exceeded, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<MontyProgress> ReceiveFeedCoreAsync(
        ParentRequest feed,
        AsyncDefinitions? definitions,
        string scriptName,
        CancellationToken cancellationToken
    )
    {
        if (definitions is not null)
        {
            await ReceiveDefinitionsAsync(definitions, cancellationToken).ConfigureAwait(false);
        }

        var isCounted = feed.Feed.Code.Length > 0;
        if (isCounted)
        {
            names.Add(scriptName);
        }

        var progress = await ReceiveCoreAsync(cancellationToken).ConfigureAwait(false);
        if (progress is not ProtocolViolation)
        {
            functions.Observe(feed.Feed.Code);
        }
        else if (isCounted)
        {
            names.RemoveLast();
        }

        return progress;
    }

    private async ValueTask<MontyProgress> RunAsync(ParentRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var progress = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await CountAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives the replies to definitions. Definitions that failed, for example because no time was left, are sent again with the next feed.</summary>
    private async ValueTask ReceiveDefinitionsAsync(AsyncDefinitions definitions, CancellationToken cancellationToken)
    {
        for (var replies = 0; replies < definitions.ReplyCount; replies++)
        {
            var reply = await worker.ReceiveAsync(null, RemainingTime(ReplyTimeout), cancellationToken).ConfigureAwait(false);
            var progress = worker.Decode(reply, names, out _);
            if (replies == 0 && progress is not ProtocolViolation)
            {
                names.AddHidden();
            }

            if (progress is MontyComplete)
            {
                functions.Settle(definitions.Names);
            }
        }
    }

    private async ValueTask<MontyProgress> SendAsync(ParentRequest request, CancellationToken cancellationToken)
    {
        if (!MeasuresRequests || !MontyTelemetry.MeasuresTurns)
        {
            worker.Enqueue(request);
            return await ReceiveCoreAsync(cancellationToken).ConfigureAwait(false);
        }

        using var measured = new TurnMeasurement(time, request);
        worker.Enqueue(request);
        return measured.EndWith(await ReceiveCoreAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<MontyProgress> ReceiveCoreAsync(CancellationToken cancellationToken)
    {
        var timeout = RemainingTime(ReplyTimeout);
        var left = clock.TimeLeft;
        var isFeedLimit = left < (timeout ?? TimeSpan.MaxValue);
        WorkerEvent reply;
        try
        {
            reply = await worker.ReceiveAsync(Prints, isFeedLimit ? left : timeout, cancellationToken).ConfigureAwait(false);
            if (isFeedLimit && worker.IsBroken)
            {
                // The time passed, or the token was cancelled, just as it answered.
                cancellationToken.ThrowIfCancellationRequested();
                worker.ThrowIfBroken();
            }
        }
        catch (MontyWorkerException lost) when (isFeedLimit && lost.Failure == WorkerFailure.TimedOut)
        {
            HasPassedFeedLimit = true;
            throw;
        }

        ReplyTimeout = Timeouts.ForNextTurn(ReplyTimeout, turnTimeout, reply);
        Observe(reply);
        return Decode(reply);
    }

    private void Observe(WorkerEvent reply)
    {
        clock.Observe(reply);
        HasMaxDuration = reply.MaxDurationMicros is not null;
    }

    /// <summary>Decodes the end of a turn. A refused request changes nothing, so the pending calls stay the same.</summary>
    private MontyProgress Decode(WorkerEvent reply)
    {
        var progress = worker.Decode(reply, names, out var calls);
        if (progress is not ProtocolViolation)
        {
            asyncCalls = calls;
        }

        return progress;
    }

    /// <summary>Returns the rest of a timeout that all replies share, or the given timeout when they do not share one.</summary>
    private TimeSpan? RemainingTime(TimeSpan? timeoutOfReply)
    {
        if (TimeoutStart is not { } start || turnTimeout is not { } whole)
        {
            return timeoutOfReply;
        }

        var rest = whole - time.GetElapsedTime(start);
        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        worker.Break(WorkerFailure.TimedOut);
        return TimeSpan.Zero;
    }
}
