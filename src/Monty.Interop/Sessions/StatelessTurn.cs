using System.Diagnostics;
using Monty.Interop.Dumps;
using Monty.Interop.Telemetry;
using Monty.Interop.TypeChecking;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>One turn as a function: load, request, dump and reset on a worker that remembers nothing before and after.</summary>
/// <remarks>
/// Where the turn ends at its first suspension, all four requests go out in one write. That is safe because the worker is in the state
/// <c>none</c>: after a refused load it refuses the request too, instead of running it in a wrong session. Writing and reading overlap, so
/// that a large batch cannot fill both pipes. A turn that may go on after its reply sends dump and reset only when it is over.
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
        turns = new WorkerTurns(worker, budget, options.Session.TurnTimeout, time)
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
    /// <exception cref="MontyDumpException">The runtime refused the dump; nothing ran.</exception>
    /// <exception cref="ArgumentException">The runtime refused the request; the dump is as before.</exception>
    /// <exception cref="MontySizeException">The request is too large for one frame; nothing ran.</exception>
    public async Task<(MontyProgress Progress, DumpEnvelope Dump)> RunAsync(TurnRequest request, CancellationToken cancellationToken)
    {
        var encoded = turns.Encode(request); // before anything is queued: a request that cannot cross must leave the worker clean
        SendBuffer.RequireFit(encoded);
        if (request is FeedTurn begun)
        {
            turns.BeginFeed();
            history?.BeginFeed(begun.Code, ScriptNameOf(begun), new FeedOptions { Inputs = begun.Inputs });
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

        var definitions = Enqueue(request, encoded);
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
                    (suspension, answer) => turns.AnswerAsync(suspension, answer, cancellationToken)
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
            throw new ArgumentException($"The runtime refused the request, and the session is as before: {violation.Reason}");
        }

        if (progress is not MontySuspension)
        {
            history?.EndFeed(progress);
        }

        return (progress, Envelope(dump));
    }

    /// <summary>False while replies may be on their way that nobody has read: the worker must not be used again.</summary>
    public bool IsWorkerClean { get; private set; } = true;

    public string Printed => printed.ToString();

    private AsyncDefinitions? Enqueue(TurnRequest request, ParentRequest encoded)
    {
        if (request is FeedTurn feed)
        {
            return turns.EnqueueFeed(encoded, feed.AsyncFunctions.ToHashSet(StringComparer.Ordinal));
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
