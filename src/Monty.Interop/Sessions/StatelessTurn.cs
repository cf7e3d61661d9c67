using System.Diagnostics;
using Monty.Interop.Dumps;
using Monty.Interop.Telemetry;
using Monty.Interop.TypeChecking;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Runs one stateless turn: load, request, dump and reset, on a worker that holds no session before and after the turn.</summary>
/// <remarks>
/// When the turn ends at its first suspension in any case, all four requests are sent in one write. This is safe because the worker is in the state
/// <c>none</c>: after a refused load it also refuses the request, instead of running it in the wrong session. Writing and reading overlap, so
/// a large batch cannot fill both pipes. When inline answers may continue the turn, dump and reset are sent only after the turn is over.
/// </remarks>
internal sealed class StatelessTurn
{
    private readonly WorkerConnection worker;
    private readonly TimeProvider time;
    private readonly TurnOptions options;
    private readonly DumpEnvelope? loaded;
    private readonly TypeCheckHistory? history;
    private readonly PrintCollector printed;
    private readonly WorkerTurns turns;
    private SavedFeed? saved;

    public StatelessTurn(WorkerConnection worker, DumpEnvelope? loaded, TypeCheckHistory? history, TurnOptions options, TimeProvider time)
    {
        this.worker = worker;
        this.loaded = loaded;
        this.history = history;
        this.options = options;
        this.time = time;
        printed = new PrintCollector(options.MaxPrintBytes);
        var limits = options.Session.Limits;
        var budget = loaded is null ? new SuspensionBudget(limits) : new SuspensionBudget(loaded, limits);
        var clock = loaded is null ? new FeedClock(limits.MaxFeedDuration) : new FeedClock(loaded, limits.MaxFeedDuration);
        turns = new WorkerTurns(worker, budget, options.Session.TurnTimeout, clock, time)
        {
            MeasuresRequests = false,
            TimeoutStart = time.GetTimestamp(),
        };
        turns.StartClock(limits.MaxDuration);
        if (loaded is not null)
        {
            turns.Restore(loaded);
        }
    }

    /// <summary>Runs the turn.</summary>
    /// <exception cref="MontyDumpException">The runtime refused the dump. Nothing ran.</exception>
    /// <exception cref="ArgumentException">The runtime refused the request. The dump is unchanged.</exception>
    /// <exception cref="MontySizeException">The request is too large for one frame. Nothing ran.</exception>
    public async Task<(MontyProgress Progress, DumpEnvelope Dump)> RunAsync(TurnRequest request, CancellationToken cancellationToken)
    {
        var encoded = turns.Encode(request); // before anything is queued, so that a request that cannot be sent leaves the worker clean
        SendBuffer.RequireFit(encoded);
        if (request is FeedTurn begun)
        {
            turns.BeginFeed();
            saved = new SavedFeed(loaded, encoded, begun.AsyncFunctions.ToHashSet(StringComparer.Ordinal), ScriptNameOf(begun));
            history?.BeginFeed(begun.Code, ScriptNameOf(begun), new FeedOptions { Inputs = begun.Inputs });
        }

        if (request is AbortTurn)
        {
            turns.Clock.Stop();
        }

        using var measured = MontyTelemetry.MeasuresTurns ? new TurnMeasurement(time, encoded) : null;
        var inOneWrite = options.AnswerInline is null && !turns.IsBudgetSpent;
        IsWorkerClean = false;
        if (loaded is null)
        {
            worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options.Session, withLimits: true));
        }
        else
        {
            worker.Enqueue(new ParentRequest { Load = new Load { State = loaded.State } });
        }

        var definitions = Enqueue(encoded);
        if (inOneWrite)
        {
            EnqueueDumpAndReset();
        }

        var refusal = loaded is null ? null : await ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        turns.Prints = CollectPrint;
        var progress = request is FeedTurn feed
            ? await turns.ReceiveFeedAsync(encoded, definitions, ScriptNameOf(feed), cancellationToken).ConfigureAwait(false)
            : await turns.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (refusal is null && options.AnswerInline is { } answerInline)
        {
            progress = await AnswerLoop
                .RunAsync(
                    progress,
                    suspension => ValueTask.FromResult(answerInline(suspension)),
                    (suspension, answer) =>
                    {
                        saved?.Add(suspension, answer);
                        return turns.AnswerAsync(suspension, answer, cancellationToken);
                    }
                )
                .ConfigureAwait(false);
        }

        measured?.EndWith(progress);
        if (!inOneWrite)
        {
            EnqueueDumpAndReset();
        }

        var reply = await turns.ReceiveReplyAsync(cancellationToken).ConfigureAwait(false);
        worker.ExpectOk();
        IsWorkerClean = true;
        if (refusal is not null)
        {
            throw refusal;
        }

        var dump = worker.ExpectDump(reply);
        if (progress is ProtocolViolation violation)
        {
            throw new ArgumentException($"The runtime refused the request, and the session is unchanged: {violation.Reason}");
        }

        if (progress is not MontySuspension)
        {
            history?.EndFeed(progress);
        }

        return (progress, Envelope(dump));
    }

    /// <summary>False while the worker may still send replies that were not read. It must not be used again then.</summary>
    public bool IsWorkerClean { get; private set; } = true;

    /// <summary>True when the worker was killed because the feed exceeded the limit on the time of one feed.</summary>
    public bool HasPassedFeedLimit => turns.HasPassedFeedLimit;

    public string Printed => printed.ToString();

    /// <summary>Returns the error of the feed that exceeded its limit. If the feed began in this turn, the error has the line that was running.</summary>
    public async Task<PythonError> CreateTimeoutAsync(HeldWorker held, CancellationToken cancellationToken)
    {
        var error = turns.Clock.CreateError();
        return error with { Frames = await FindLineAsync(held, turns.Clock.Limit, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Adds the line to an error at the limit on the time of all feeds. Any other progress is returned unchanged.</summary>
    public async ValueTask<MontyProgress> LocateAsync(MontyProgress progress, HeldWorker held, CancellationToken cancellationToken) =>
        TimeoutLocator.LacksLine(progress) && progress is MontyFailed failed
            ? failed with
            {
                Error = failed.Error with
                {
                    Frames = await FindLineAsync(held, TimeSpan.MaxValue, cancellationToken).ConfigureAwait(false),
                },
            }
            : progress;

    private async Task<EquatableArray<PythonFrame>> FindLineAsync(HeldWorker held, TimeSpan limit, CancellationToken cancellationToken) =>
        saved is { IsComplete: true }
            ? await new TimeoutLocator(held, options.Session, time, saved).FindAsync(limit, cancellationToken).ConfigureAwait(false)
            : [];

    private AsyncDefinitions? Enqueue(ParentRequest encoded)
    {
        if (saved is not null)
        {
            return turns.EnqueueFeed(encoded, saved.Offered);
        }

        worker.Enqueue(encoded);
        return null;
    }

    private void EnqueueDumpAndReset()
    {
        worker.Enqueue(new ParentRequest { Dump = new Unit() });
        worker.Enqueue(new ParentRequest { Reset = new Unit() });
    }

    private async ValueTask<MontyDumpException?> ReceiveLoadAsync(CancellationToken cancellationToken)
    {
        var progress = await turns.ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        return progress is null or MontySuspension ? null : DumpSeal.Refused(progress);
    }

    private string ScriptNameOf(FeedTurn feed) => feed.ScriptName ?? loaded?.ScriptName ?? options.Session.ScriptName;

    private void CollectPrint(string text)
    {
        printed.Add(text);
        options.OnPrint?.Invoke(text);
    }

    private DumpEnvelope Envelope(Google.Protobuf.ByteString state)
    {
        var envelope = new DumpEnvelope { ScriptName = loaded?.ScriptName ?? options.Session.ScriptName, State = state };
        envelope.TypeCheck = history?.Save();
        turns.SaveTo(envelope);
        if (loaded is not null)
        {
            envelope.LentObjects.Add(loaded.LentObjects);
        }

        return envelope;
    }
}
