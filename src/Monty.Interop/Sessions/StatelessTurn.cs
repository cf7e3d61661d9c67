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
    private readonly FeedNames names = new();
    private readonly SuspensionBudget budget;
    private readonly PrintCollector printed;
    private readonly long begun;
    private TimeSpan? timeout;

    public StatelessTurn(WorkerConnection worker, DumpEnvelope? loaded, TypeCheckHistory? history, TurnOptions options, TimeProvider time)
    {
        this.worker = worker;
        this.loaded = loaded;
        this.history = history;
        this.options = options;
        this.time = time;
        begun = time.GetTimestamp();
        printed = new PrintCollector(options.MaxPrintBytes);
        timeout = Timeouts.ForTurn(options.Session.TurnTimeout, options.Session.Limits.MaxDuration);
        budget = loaded is null ? new SuspensionBudget(options.Session.Limits) : new SuspensionBudget(loaded, options.Session.Limits);
        if (loaded is not null)
        {
            names.Replace(loaded.FeedNames);
        }
    }

    /// <summary>Runs the turn.</summary>
    /// <exception cref="MontyDumpException">The runtime refused the dump; nothing ran.</exception>
    /// <exception cref="ArgumentException">The runtime refused the request; the dump is as before.</exception>
    /// <exception cref="MontySizeException">The request is too large for one frame; nothing ran.</exception>
    public async Task<(MontyProgress Progress, DumpEnvelope Dump)> RunAsync(TurnRequest request, CancellationToken cancellationToken)
    {
        var encoded = Encode(request); // before anything is queued: a request that cannot cross must leave the worker clean
        SendBuffer.RequireFit(encoded);
        using var measured = MontyTelemetry.MeasuresTurns ? new TurnMeasurement(time, encoded) : null;
        var inOneWrite = options.AnswerInline is null && !budget.IsSpent;
        IsWorkerClean = false;
        if (loaded is null)
        {
            worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options.Session, withLimits: true));
        }
        else
        {
            worker.Enqueue(new ParentRequest { Load = new Load { State = loaded.State } });
        }

        worker.Enqueue(encoded);
        if (inOneWrite)
        {
            EnqueueDumpAndReset();
        }

        var refusal = loaded is null ? null : await ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        var progress = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (refusal is null)
        {
            progress = await AnswerInlineAsync(progress, cancellationToken).ConfigureAwait(false);
        }

        measured?.EndWith(progress);
        if (!inOneWrite)
        {
            EnqueueDumpAndReset();
        }

        var reply = await worker.ReceiveAsync(null, GetRemainingTime(null), cancellationToken).ConfigureAwait(false);
        worker.ExpectOk();
        IsWorkerClean = true;
        if (refusal is not null)
        {
            throw refusal;
        }

        var dump = worker.ExpectDump(reply);
        if (MontySession.IsViolation(progress))
        {
            throw new ArgumentException(
                $"The runtime refused the request, and the session is as before: {MontySession.ViolationIn(progress)}"
            );
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

    private ParentRequest Encode(TurnRequest request)
    {
        switch (request)
        {
            case FeedTurn feed:
                ArgumentNullException.ThrowIfNull(feed.Code);
                var encoded = FeedEncoder.Encode(feed.Code, feed.Inputs);
                budget.BeginFeed();
                var scriptName = feed.ScriptName ?? loaded?.ScriptName ?? options.Session.ScriptName;
                if (feed.Code.Length > 0)
                {
                    names.Add(scriptName);
                }

                history?.BeginFeed(feed.Code, scriptName, new FeedOptions { Inputs = feed.Inputs });
                return encoded;
            case AnswerTurn answer:
                ArgumentNullException.ThrowIfNull(answer.Suspension);
                ArgumentNullException.ThrowIfNull(answer.Answer);
                return AnswerEncoder.Encode(answer.Suspension, answer.Answer);
            case AbortTurn abort:
                return AnswerEncoder.EncodeAbort(abort.Error);
            default:
                throw new UnreachableException();
        }
    }

    private void EnqueueDumpAndReset()
    {
        worker.Enqueue(new ParentRequest { Dump = new Unit() });
        worker.Enqueue(new ParentRequest { Reset = new Unit() });
    }

    private async ValueTask<MontyDumpException?> ReceiveLoadAsync(CancellationToken cancellationToken)
    {
        var reply = await worker.ReceiveAsync(null, GetRemainingTime(null), cancellationToken).ConfigureAwait(false);
        timeout = Timeouts.ForNextTurn(options.Session.TurnTimeout, options.Session.TurnTimeout, reply);
        if (reply.KindCase == ChildEvent.KindOneofCase.Ok)
        {
            return null;
        }

        var progress = worker.Decode(reply, names);
        return progress is MontySuspension ? null : DumpSeal.Refused(progress);
    }

    private async ValueTask<MontyProgress> ReceiveAsync(CancellationToken cancellationToken)
    {
        var reply = await worker.ReceiveAsync(CollectPrint, GetRemainingTime(timeout), cancellationToken).ConfigureAwait(false);
        timeout = Timeouts.ForNextTurn(timeout, options.Session.TurnTimeout, reply);
        return worker.Decode(reply, names);
    }

    /// <summary>What is left of the turn's timeout, which holds from its beginning to its end; where none is given, how long one reply may take.</summary>
    private TimeSpan? GetRemainingTime(TimeSpan? replyTimeout)
    {
        if (options.Session.TurnTimeout is not { } whole)
        {
            return replyTimeout;
        }

        var rest = whole - time.GetElapsedTime(begun);
        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        worker.Break(WorkerFailure.TimedOut);
        return TimeSpan.Zero;
    }

    private void CollectPrint(string text)
    {
        printed.Add(text);
        options.OnPrint?.Invoke(text);
    }

    private async ValueTask<MontyProgress> AnswerInlineAsync(MontyProgress progress, CancellationToken cancellationToken)
    {
        while (progress is MontySuspension suspension)
        {
            if (budget.CountSuspension() is { } exceeded)
            {
                worker.Enqueue(AnswerEncoder.EncodeAbort(exceeded));
                progress = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
                return progress is MontyFailed failed ? failed with { Origin = FailureOrigin.Limit } : progress;
            }

            if (options.AnswerInline?.Invoke(suspension) is not { } answer)
            {
                return suspension;
            }

            cancellationToken.ThrowIfCancellationRequested();
            worker.Enqueue(AnswerEncoder.Encode(suspension, answer));
            progress = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }

        return progress;
    }

    private DumpEnvelope Envelope(Google.Protobuf.ByteString state)
    {
        var envelope = new DumpEnvelope { ScriptName = loaded?.ScriptName ?? options.Session.ScriptName, State = state };
        envelope.FeedNames.AddRange(names.Names);
        envelope.TypeCheck = history?.Save();
        budget.SaveTo(envelope);
        if (loaded is not null)
        {
            envelope.LentObjects.Add(loaded.LentObjects);
        }

        return envelope;
    }
}
