using Monty.Interop.Telemetry;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Runs the turns of one interpreter on its worker, and ends a feed that suspends more often than its limits allow.</summary>
/// <remarks>Not thread-safe: one turn at a time.</remarks>
internal sealed class WorkerTurns(WorkerConnection worker, SuspensionBudget budget, TimeSpan? turnTimeout, TimeProvider time)
{
    private readonly FeedNames names = new();
    private readonly AsyncFunctions functions = new();
    private SuspensionBudget budget = budget;
    private EquatableArray<uint> asyncCalls;

    /// <summary>True when the next suspension is over a limit.</summary>
    public bool IsBudgetSpent => budget.IsSpent;

    /// <summary>Takes printed text; null to drop it.</summary>
    public PrintSink? Prints { get; set; }

    /// <summary>Makes an activity and a measurement of each request. Default: true; false where the caller measures several of them as one turn.</summary>
    public bool MeasuresRequests { get; init; } = true;

    /// <summary>The time from which the turn's timeout holds for all replies together. Default: null, it holds for each of them.</summary>
    public long? TimeoutStart { get; init; }

    /// <summary>How long the next reply may take, or null.</summary>
    public TimeSpan? ReplyTimeout { get; private set; }

    /// <summary>Sets how long the next reply may take, from the limit on duration where no timeout is given.</summary>
    public void StartClock(TimeSpan? maxDuration) => ReplyTimeout = Timeouts.ForTurn(turnTimeout, maxDuration);

    /// <summary>Sets how long the next reply may take; the worker is killed where nothing is left.</summary>
    public void LimitReply(TimeSpan rest)
    {
        ReplyTimeout = rest;
        if (rest <= TimeSpan.Zero)
        {
            worker.Break(WorkerFailure.TimedOut);
        }
    }

    /// <summary>True for a call that the script waits for and that is of an asynchronous function, so that it may be answered at once or by a future.</summary>
    public bool IsAsyncCall(uint callId) => asyncCalls.AsSpan().BinarySearch(callId) >= 0;

    /// <summary>Starts to count the suspensions of a feed.</summary>
    public void BeginFeed() => budget.BeginFeed();

    /// <summary>Sends a feed and, in the same write, the definitions of the asynchronous functions that it refers to for the first time.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="offered">The names of the asynchronous functions that it may call.</param>
    /// <param name="scriptName">Its name in frames.</param>
    /// <param name="cancellationToken">Cancelling kills the worker once the request is sent.</param>
    /// <exception cref="ArgumentException">The feed is too large; nothing was sent.</exception>
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

    /// <summary>The request of a stateless turn.</summary>
    /// <exception cref="ArgumentException">It does not fit, or cannot be sent.</exception>
    public ParentRequest Encode(TurnRequest turn) => TurnEncoder.Encode(turn, asyncCalls);

    /// <summary>Queues a feed behind its definitions.</summary>
    /// <returns>The definitions, or null where there are none.</returns>
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

    /// <summary>Receives the replies to definitions, and the event that ends the turn of the feed behind them.</summary>
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

    /// <summary>Receives the event that ends the turn of a request that is queued.</summary>
    public async ValueTask<MontyProgress> ReceiveAsync(CancellationToken cancellationToken)
    {
        var progress = await ReceiveCoreAsync(cancellationToken).ConfigureAwait(false);
        return await CountAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the feed at its suspension.</summary>
    public ValueTask<MontyProgress> AbortAsync(PythonError error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return SendAsync(AnswerEncoder.EncodeAbort(error), cancellationToken);
    }

    /// <summary>Receives the reply to a load: the suspension that the interpreter waits at, or null for an idle one.</summary>
    public async ValueTask<MontyProgress?> ReceiveLoadAsync(CancellationToken cancellationToken)
    {
        var reply = await ReceiveReplyAsync(cancellationToken).ConfigureAwait(false);
        return reply.KindCase == ChildEvent.KindOneofCase.Ok ? null : Decode(reply);
    }

    /// <summary>Receives a reply that is no end of a turn, and learns from it how long the next one may take.</summary>
    public async ValueTask<WorkerEvent> ReceiveReplyAsync(CancellationToken cancellationToken)
    {
        var reply = await worker.ReceiveAsync(null, RemainingTime(turnTimeout), cancellationToken).ConfigureAwait(false);
        ReplyTimeout = Timeouts.ForNextTurn(turnTimeout, turnTimeout, reply);
        return reply;
    }

    /// <summary>Forgets everything: the interpreter was reset.</summary>
    public void Reset(MontyLimits limits)
    {
        names.Clear();
        functions.Clear();
        asyncCalls = [];
        budget = new SuspensionBudget(limits);
        StartClock(limits.MaxDuration);
    }

    public void SaveTo(DumpEnvelope dump)
    {
        names.SaveTo(dump);
        functions.SaveTo(dump);
        budget.SaveTo(dump);
        dump.AsyncCalls.AddRange(asyncCalls);
    }

    public void Restore(DumpEnvelope dump)
    {
        names.Restore(dump);
        functions.Restore(dump);
        asyncCalls = dump.AsyncCalls.Order().ToEquatableArray();
    }

    /// <summary>Counts a suspension, and ends the feed where it is one too many.</summary>
    private async ValueTask<MontyProgress> CountAsync(MontyProgress progress, CancellationToken cancellationToken)
    {
        if (progress is not MontySuspension || budget.CountSuspension() is not { } exceeded)
        {
            return progress;
        }

        var ended = await SendAsync(AnswerEncoder.EncodeAbort(exceeded), cancellationToken).ConfigureAwait(false);
        return ended is MontyFailed failed ? failed with { Origin = FailureOrigin.Limit } : ended;
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

    /// <summary>Definitions that failed, as where no time is left, are sent again with the next feed; this one fares as it would without them.</summary>
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
        var reply = await worker.ReceiveAsync(Prints, RemainingTime(ReplyTimeout), cancellationToken).ConfigureAwait(false);
        ReplyTimeout = Timeouts.ForNextTurn(ReplyTimeout, turnTimeout, reply);
        return Decode(reply);
    }

    /// <summary>Decodes the end of a turn. A refused request changes nothing, so that the same calls are waited for.</summary>
    private MontyProgress Decode(WorkerEvent reply)
    {
        var progress = worker.Decode(reply, names, out var calls);
        if (progress is not ProtocolViolation)
        {
            asyncCalls = calls;
        }

        return progress;
    }

    /// <summary>What is left of a timeout that all replies share; where there is none, how long one reply may take.</summary>
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
