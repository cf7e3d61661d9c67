using Monty.Interop.Telemetry;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Runs the turns of one interpreter on its worker, and ends a feed that suspends more often than its limits allow.</summary>
/// <remarks>Not thread-safe: one turn at a time.</remarks>
internal sealed class WorkerTurns(WorkerConnection worker, SuspensionBudget budget, TimeSpan? turnTimeout, TimeProvider time)
{
    private TimeSpan? replyTimeout;

    /// <summary>The names of the interpreter's feeds, which replace the runtime's in frames.</summary>
    public FeedNames Names { get; } = new();

    /// <summary>Counts the suspensions.</summary>
    public SuspensionBudget Budget { get; set; } = budget;

    /// <summary>Takes printed text; null to drop it.</summary>
    public PrintSink? Prints { get; set; }

    /// <summary>Makes an activity and a measurement of each request. Default: true; false where the caller measures several of them as one turn.</summary>
    public bool MeasuresRequests { get; init; } = true;

    /// <summary>The time from which the turn's timeout holds for all replies together. Default: null, it holds for each of them.</summary>
    public long? TimeoutStart { get; init; }

    /// <summary>Sets how long the next reply may take, from the limit on duration where no timeout is given.</summary>
    public void StartClock(TimeSpan? maxDuration) => replyTimeout = Timeouts.ForTurn(turnTimeout, maxDuration);

    /// <summary>Sets how long the next reply may take; the worker is killed where nothing is left.</summary>
    public void LimitReply(TimeSpan rest)
    {
        replyTimeout = rest;
        if (rest <= TimeSpan.Zero)
        {
            worker.Break(WorkerFailure.TimedOut);
        }
    }

    /// <summary>Sends a request, and receives the event that ends its turn.</summary>
    public async ValueTask<MontyProgress> RunAsync(ParentRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var progress = await SendAsync(request, cancellationToken).ConfigureAwait(false);
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
        return SendAsync(EncodeAbort(error), cancellationToken);
    }

    /// <summary>Receives a reply that is no end of a turn, and learns from it how long the next one may take.</summary>
    public async ValueTask<WorkerEvent> ReceiveReplyAsync(CancellationToken cancellationToken)
    {
        var reply = await worker.ReceiveAsync(null, RemainingTime(turnTimeout), cancellationToken).ConfigureAwait(false);
        replyTimeout = Timeouts.ForNextTurn(turnTimeout, turnTimeout, reply);
        return reply;
    }

    private static ParentRequest EncodeAbort(PythonError error) =>
        new() { AbortFeed = new AbortFeed { Exception = AnswerEncoder.EncodeError(error) } };

    /// <summary>Counts a suspension, and ends the feed where it is one too many.</summary>
    private async ValueTask<MontyProgress> CountAsync(MontyProgress progress, CancellationToken cancellationToken)
    {
        if (progress is not MontySuspension || Budget.CountSuspension() is not { } exceeded)
        {
            return progress;
        }

        var ended = await SendAsync(EncodeAbort(exceeded), cancellationToken).ConfigureAwait(false);
        return ended is MontyFailed failed ? failed with { Origin = FailureOrigin.Limit } : ended;
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
        var reply = await worker.ReceiveAsync(Prints, RemainingTime(replyTimeout), cancellationToken).ConfigureAwait(false);
        replyTimeout = Timeouts.ForNextTurn(replyTimeout, turnTimeout, reply);
        return worker.Decode(reply, Names);
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
