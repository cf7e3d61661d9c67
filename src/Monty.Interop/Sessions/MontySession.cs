using Monty.Interop.Dumps;
using Monty.Interop.HostObjects;
using Monty.Interop.Sessions;
using Monty.Interop.TypeChecking;
using Monty.Interop.Values;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>One interpreter: feeds share its globals; each runs until it ends or waits for an answer.</summary>
/// <remarks>
/// <para>Not thread-safe: one call at a time. A turn that ends within 5 milliseconds completes on the caller's thread.</para>
/// <para>Cancelling a turn kills the worker, as nothing else stops running code: the session is lost. Cancelling while the host
/// waits for a tool aborts the feed and keeps the session.</para>
/// </remarks>
public sealed class MontySession : IDisposable, IAsyncDisposable
{
    private readonly SessionOptions options;
    private readonly SessionHome home;
    private readonly WorkerConnection worker;
    private readonly WorkerTurns turns;
    private readonly TypeCheckHistory? history;
    private readonly CallGate calls = new();
    private readonly CancellationTokenSource disposal = new();
    private MontySuspension? pending;

    /// <summary>A new session on a clean worker.</summary>
    internal MontySession(WorkerConnection worker, SessionOptions options, SessionHome home)
    {
        this.worker = worker;
        this.options = options;
        this.home = home;
        Disposal = disposal.Token;
        turns = new WorkerTurns(worker, new SuspensionBudget(options.Limits), options.TurnTimeout, home.Time);
        turns.StartClock(options.Limits.MaxDuration);
        history = TypeCheckHistory.Create(options, null);
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: true));
    }

    /// <summary>A session that goes on from a dump.</summary>
    private MontySession(WorkerConnection worker, SessionOptions options, SessionHome home, DumpEnvelope dump)
    {
        this.worker = worker;
        this.options = options with { ScriptName = dump.ScriptName };
        this.home = home;
        Disposal = disposal.Token;
        turns = new WorkerTurns(worker, new SuspensionBudget(dump, options.Limits), options.TurnTimeout, home.Time);
        turns.Restore(dump);
        HostObjects.Restore(dump);
        history = TypeCheckHistory.Create(options, dump.TypeCheck);
    }

    /// <summary>What the session waits for, or null when it takes a feed.</summary>
    public MontySuspension? Pending => pending;

    /// <summary>What the type check before the last feed found; null where there was none (<see cref="SessionOptions.TypeCheck"/>).</summary>
    public TypeCheckReport? LastTypeCheck { get; private set; }

    /// <summary>The globals that feeds and their inputs bound, as their sources tell, sorted; one of them may be gone, or of a statement that was not reached.</summary>
    /// <exception cref="InvalidOperationException">The session remembers no sources, as <see cref="SessionOptions.TypeCheck"/> is null.</exception>
    public IReadOnlyList<string> GlobalNames => (history ?? throw NoSources()).GlobalNames;

    /// <summary>What a person should know of the last feed's types although it ran.</summary>
    internal IEnumerable<string> CheckWarnings => LastTypeCheck?.Diagnostics.Select(d => d.ToString()) ?? [];

    /// <summary>The clock of the deadlines of calls.</summary>
    internal TimeProvider Time => home.Time;

    /// <summary>What the session has lent to its script.</summary>
    internal LentObjects HostObjects { get; } = new();

    /// <summary>True for a call that the script waits for and that is of an asynchronous function, so that it may be answered at once or by a future.</summary>
    internal bool IsAsyncCall(uint callId) => turns.IsAsyncCall(callId);

    /// <summary>Cancelled when the session is disposed: what a feed waits for then ends.</summary>
    internal CancellationToken Disposal { get; }

    /// <summary>True when the worker died or is being killed: whatever is asked of it next fails.</summary>
    internal bool IsBroken => worker.IsBroken;

    /// <summary>True when the session waits on a worker that can still be asked to end the feed.</summary>
    internal bool CanAbort => pending is not null && !calls.IsClosed && !worker.IsBroken;

    /// <summary>What a call of a disposed session gets.</summary>
    internal static ObjectDisposedException CreateDisposedException() =>
        new(typeof(MontySession).FullName, "The session was disposed; open another, or load its last dump.");

    /// <summary>Where the text of the feed that goes on is printed to.</summary>
    internal void PrintTo(Action<string>? print) => turns.Prints = print is null ? null : new PrintSink(print);

    /// <summary>How long the next reply may take, where several of them share a timeout; the worker is killed where nothing is left.</summary>
    internal void LimitReply(TimeSpan rest) => turns.LimitReply(rest);

    /// <summary>Starts a snippet and hands out its first suspension, or its end.</summary>
    /// <param name="code">Python source. Empty code does nothing, not even bind inputs.</param>
    /// <param name="feed">Inputs, name and print callback; its tools are used by <see cref="FeedAsync"/> only.</param>
    /// <param name="cancellationToken">Cancelling kills the worker; the session is lost.</param>
    /// <exception cref="InvalidOperationException">The session waits for an answer, or another call runs.</exception>
    /// <exception cref="ArgumentException">An input cannot cross or its name is no identifier, or stubs are broken; nothing ran and the session is as before.</exception>
    /// <exception cref="MontySizeException">Code and inputs take more than 256 MiB on the wire; nothing was sent and the session is as before.</exception>
    /// <exception cref="MontyWorkerException">The worker failed; the session is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the session is lost unless it was so before the start, or during the type check.</exception>
    public async ValueTask<MontyProgress> StartAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        feed ??= FeedOptions.Default;
        using var call = calls.Enter();
        if (pending is not null && !worker.IsBroken)
        {
            throw new InvalidOperationException(
                $"The session waits for an answer to {Describe(pending)}. Answer it, or abort the feed, before the next feed."
            );
        }

        var request = FeedEncoder.Encode(code, feed.Inputs);
        var scriptName = feed.ScriptName ?? options.ScriptName;
        LastTypeCheck = history is { Options.OnlyOnDemand: false }
            ? await CheckTypesCoreAsync(code, scriptName, feed, cancellationToken).ConfigureAwait(false)
            : null;
        if (
            LastTypeCheck is { } report
            && history!.Options.Refuses(report, feed.Tools.Any(tool => tool is { IsAsync: true, IsReadOnly: false }))
        )
        {
            return new MontyTypingFailed(report);
        }

        PrintTo(feed.OnPrint);
        history?.BeginFeed(code, scriptName, feed);
        MontyProgress reply;
        try
        {
            reply = await turns
                .FeedAsync(request, MontyToolSet.AsyncNamesOf(feed.Tools), scriptName, cancellationToken)
                .ConfigureAwait(false);
        }
        catch when (!worker.IsBroken)
        {
            history?.WithdrawFeed(); // nothing was sent
            throw;
        }

        if (reply is not ProtocolViolation violation)
        {
            return Settle(reply);
        }

        history?.WithdrawFeed();
        throw new ArgumentException($"The runtime refused the feed, and nothing ran: {violation.Reason}");
    }

    /// <summary>Answers the suspension that the session waits for, and goes on to the next one or the end.</summary>
    /// <param name="suspension">The one last handed out.</param>
    /// <param name="answer">An answer of a kind that fits it.</param>
    /// <param name="cancellationToken">Cancelling kills the worker; the session is lost.</param>
    /// <exception cref="InvalidOperationException">The suspension was answered before, or another call runs.</exception>
    /// <exception cref="ArgumentException">The answer does not fit or cannot cross: the session still waits, and a corrected answer is taken.</exception>
    /// <exception cref="MontySizeException">The answer takes more than 256 MiB on the wire: nothing was sent, the session still waits, and a smaller answer is taken.</exception>
    /// <exception cref="MontyWorkerException">The worker failed; the session is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the session is lost unless it was so before the start.</exception>
    public async ValueTask<MontyProgress> AnswerAsync(
        MontySuspension suspension,
        MontyAnswer answer,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(suspension);
        ArgumentNullException.ThrowIfNull(answer);
        var progress = await TryAnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        return progress is ProtocolViolation violation
            ? throw new ArgumentException(
                $"The runtime refused the answer, and {Describe(suspension)} still waits for another: {violation.Reason}"
            )
            : progress;
    }

    /// <summary>Ends the feed at its suspension by raising an exception there that the script cannot catch; <c>finally</c> blocks do not run.</summary>
    /// <param name="error">What <see cref="MontyFailed.Error"/> then says; a type that the runtime knows.</param>
    /// <param name="cancellationToken">Cancelling kills the worker; the session is lost.</param>
    /// <returns>The end of the feed, with the frames at which it stopped. The session takes another feed.</returns>
    /// <exception cref="InvalidOperationException">Nothing waits, or another call runs.</exception>
    /// <exception cref="ArgumentException">The runtime does not know the exception's type, or its message cannot be sent; the session still waits.</exception>
    /// <exception cref="MontySizeException">The exception takes more than 256 MiB on the wire; the session still waits.</exception>
    public async ValueTask<MontyProgress> AbortAsync(PythonError error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(error);
        using var call = calls.Enter();
        if (pending is null)
        {
            throw new InvalidOperationException("The session does not wait for an answer, so there is no feed to abort.");
        }

        var reply = await turns.AbortAsync(error, cancellationToken).ConfigureAwait(false);
        return reply is ProtocolViolation violation
            ? throw new ArgumentException($"The runtime refused the exception, and {Describe(pending)} still waits: {violation.Reason}")
            : Settle(reply);
    }

    /// <summary>Runs a snippet to its end, answering its suspensions from the tools, names and handlers of <paramref name="feed"/>.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">Inputs, tools and the rest.</param>
    /// <param name="cancellationToken">While code runs, cancelling kills the worker; while a tool runs, it aborts the feed and keeps the session.</param>
    /// <exception cref="MontyScriptException">The script failed; the session takes another feed.</exception>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public Task<MontyResult> FeedAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        new FeedRunner(this, feed ?? FeedOptions.Default).RunAsync(code, cancellationToken);

    /// <summary>Runs a feed on from the suspension that the session waits at, such as after a load, answering from the tools, names and handlers of <paramref name="feed"/>.</summary>
    /// <param name="feed">Tools and the rest; its inputs and name are not used. Futures of calls made before raise <c>RuntimeError</c>, as their handlers are gone.</param>
    /// <param name="cancellationToken">As for <see cref="FeedAsync"/>.</param>
    /// <exception cref="InvalidOperationException">The session does not wait for an answer.</exception>
    /// <inheritdoc cref="FeedAsync" path="/exception"/>
    public Task<MontyResult> ContinueAsync(FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        new FeedRunner(this, feed ?? FeedOptions.Default).ContinueAsync(
            pending
                ?? throw new InvalidOperationException(
                    "The session does not wait for an answer, so there is nothing to continue. Feed it instead."
                ),
            cancellationToken
        );

    /// <summary>The same as <see cref="FeedAsync"/>, with the printed text as it comes: <see cref="FeedPrinted"/> items, then one <see cref="FeedFinished"/>.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">Inputs, tools and the rest; its <see cref="FeedOptions.OnPrint"/> is not used, and <see cref="FeedOptions.MaxPrintBytes"/> caps all that is printed.</param>
    /// <param name="cancellationToken">As for <see cref="FeedAsync"/>; leaving the loop early does the same.</param>
    /// <inheritdoc cref="FeedAsync" path="/exception"/>
    public IAsyncEnumerable<FeedEvent> StreamAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        FeedStream.RunAsync(this, code, feed ?? FeedOptions.Default, cancellationToken);

    /// <summary>Lends a C# object to the session's script: the value stands for the object itself, whose members the script reaches as far as the class names them.</summary>
    /// <remarks>Thread-safe. The same object is lent with the same identity each time, and handed to tools as itself. The session holds it until it is disposed or reset.</remarks>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="target">The object.</param>
    /// <param name="hostClass">What scripts may do with it.</param>
    /// <param name="id">Its identity, by which <see cref="MontyHostClassMembers{T}.ReattachBy"/> finds it after a load; null for a random one.</param>
    /// <returns>A value to pass as an input or to return from a tool.</returns>
    /// <exception cref="ArgumentException">The id is another object's, the object was lent with another id, or the session knows another class of this name.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public MontyInstance Lend<T>(T target, MontyHostClass<T> hostClass, Guid? id = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(hostClass);
        return HostObjects.Lend(hostClass, target, id);
    }

    /// <summary>The object that a value of this session's script stands for.</summary>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="value">Any value; one that stands for no lent object, or for one of another type, gives null.</param>
    /// <exception cref="PythonException">The object was lent before the session was dumped, and nothing finds it again.</exception>
    public T? FindLent<T>(MontyValue value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return HostObjects.TryFind(value, out var target) ? target as T : null;
    }

    /// <summary>Checks the types of code over what the session's feeds defined, without running any of it or changing the session.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, names, tools and script name that the code would be fed with; null for none.</param>
    /// <param name="cancellationToken">Ends the check; the session is as before.</param>
    /// <returns>The findings. A check that could not be finished is a report with <see cref="TypeCheckReport.Failure"/>. The checker knows the engine's modules and builtins, but not every gap of its parser.</returns>
    /// <exception cref="InvalidOperationException">The session remembers no sources, as <see cref="SessionOptions.TypeCheck"/> is null, or another call runs.</exception>
    /// <exception cref="ArgumentException">The stubs are broken.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyWorkerException">No checker could be started; the session is as before.</exception>
    public async Task<TypeCheckReport> CheckTypesAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        feed ??= FeedOptions.Default;
        if (history is null)
        {
            throw NoSources();
        }

        using var call = calls.Enter();
        return await CheckTypesCoreAsync(code, feed.ScriptName ?? options.ScriptName, feed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops every global, counter and suspension, and lets go of lent objects: the session is as new, with the same options, and its preamble runs again.</summary>
    /// <param name="cancellationToken">Ends the preamble; the session is lost then.</param>
    /// <exception cref="MontyScriptException">The preamble failed; the session is empty.</exception>
    /// <exception cref="MontyTypeCheckException">The type check refused the preamble; the session is empty.</exception>
    public ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (calls.Enter())
        {
            worker.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: true));
            pending = null;
            turns.Reset(options.Limits);
            HostObjects.Release(forGood: false);
            history?.Clear();
        }

        return options.Preamble is null ? ValueTask.CompletedTask : RunPreambleAsync(cancellationToken);
    }

    /// <summary>The session's whole state as bytes, idle or waiting; nothing changes. About 10 ms per 400 kB of state.</summary>
    /// <param name="cancellationToken">Cancelling kills the worker; the session is lost.</param>
    /// <exception cref="MontyWorkerException">The worker failed, or would not say its version; dumps carry it.</exception>
    public async ValueTask<MontyDump> DumpAsync(CancellationToken cancellationToken = default)
    {
        using var call = calls.Enter();
        var seal = await home.Seals.GetAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        worker.Enqueue(new ParentRequest { Dump = new Unit() });
        var reply = await worker.ReceiveAsync(null, options.TurnTimeout, cancellationToken).ConfigureAwait(false);
        return seal.Wrap(Envelope(worker.ExpectDump(reply)));
    }

    /// <summary>Gives the worker back, clean. A worker in the middle of a turn is killed and replaced; a feed that waits for a tool ends, and the tool is cancelled.</summary>
    public void Dispose()
    {
        if (!calls.TryClose(out var abandoned))
        {
            return;
        }

        if (abandoned)
        {
            worker.Break(WorkerFailure.Abandoned);
        }

        home.Workers.Return(worker, !abandoned);
        HostObjects.Release(forGood: true);
        disposal.Cancel();
        disposal.Dispose();
    }

    /// <summary>The same as <see cref="Dispose"/>, for <c>await using</c>. It completes synchronously.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The same as <see cref="AnswerAsync"/>, but that it returns a <see cref="ProtocolViolation"/> where the runtime refuses the answer; the session still waits then.</summary>
    internal async ValueTask<MontyProgress> TryAnswerAsync(
        MontySuspension suspension,
        MontyAnswer answer,
        CancellationToken cancellationToken
    )
    {
        using var call = calls.Enter();
        RequirePending(suspension);
        var reply = await turns.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        return reply is ProtocolViolation ? reply : Settle(reply);
    }

    /// <summary>Runs the code that every session of these options begins with.</summary>
    internal async ValueTask RunPreambleAsync(CancellationToken cancellationToken)
    {
        if (options.Preamble is { } code)
        {
            await FeedAsync(code, new FeedOptions { ScriptName = "<preamble>" }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Loads a dump into a clean worker.</summary>
    internal static async ValueTask<MontySession> LoadAsync(
        WorkerConnection worker,
        DumpEnvelope dump,
        SessionOptions options,
        SessionHome home,
        CancellationToken cancellationToken
    )
    {
        var session = new MontySession(worker, options, home, dump);
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: false));
        worker.Enqueue(new ParentRequest { Load = new Load { State = dump.State } });
        var progress = await session.turns.ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        session.pending = progress as MontySuspension;
        return progress is null or MontySuspension ? session : throw DumpSeal.Refused(progress);
    }

    private static string Describe(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall call => $"call {call.CallId} of {ValuePath.Shorten(call.Name)}",
            MontyOsCall call => $"OS call {call.CallId} ({call.Function})",
            MontyNameLookup lookup => $"the name {ValuePath.Shorten(lookup.Name)}",
            _ => "its futures",
        };

    private DumpEnvelope Envelope(Google.Protobuf.ByteString state)
    {
        var envelope = new DumpEnvelope { ScriptName = options.ScriptName, State = state };
        envelope.TypeCheck = history?.Save();
        turns.SaveTo(envelope);
        HostObjects.SaveTo(envelope);
        return envelope;
    }

    private static InvalidOperationException NoSources() =>
        new(
            "The session remembers no sources. Open it with SessionOptions.TypeCheck set; code on its own is checked by MontyPool.CheckTypesAsync."
        );

    private Task<TypeCheckReport> CheckTypesCoreAsync(
        string code,
        string scriptName,
        FeedOptions feed,
        CancellationToken cancellationToken
    ) =>
        home.Checkers.CheckAsync(
            history!.CreateRequest(code, scriptName, feed, home.Checkers.Limits, turns.ReplyTimeout),
            cancellationToken
        );

    private void RequirePending(MontySuspension suspension)
    {
        if (ReferenceEquals(pending, suspension))
        {
            return;
        }

        throw new InvalidOperationException(
            pending is null
                ? $"The session does not wait for an answer: {Describe(suspension)} was answered before, or its feed was ended."
                : $"The session waits for {Describe(pending)}; {Describe(suspension)} was answered before. Each suspension takes one answer."
        );
    }

    private MontyProgress Settle(MontyProgress reply)
    {
        pending = reply as MontySuspension;
        if (pending is null)
        {
            history?.EndFeed(reply);
        }

        return reply;
    }
}
