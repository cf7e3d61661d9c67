using System.Diagnostics;
using Monty.Interop.Dumps;
using Monty.Interop.HostObjects;
using Monty.Interop.Sessions;
using Monty.Interop.TypeChecking;
using Monty.Interop.Values;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>A session with one interpreter. Feeds share its globals, and each feed runs until it ends or waits for an answer.</summary>
/// <remarks>
/// <para>Not thread-safe. Make one call at a time. A turn that ends within 5 milliseconds completes on the caller's thread.</para>
/// <para>Canceling a turn kills the worker, because nothing else stops running code, and the session is lost. Canceling while the host
/// waits for a tool only aborts the feed, and the session can be used again.</para>
/// </remarks>
public sealed class MontySession : IDisposable, IAsyncDisposable
{
    private readonly SessionOptions options;
    private readonly SessionHome home;
    private readonly HeldWorker held;
    private readonly WorkerTurns turns;
    private readonly TimedTurns timed;
    private readonly TypeCheckHistory? history;
    private readonly CallGate calls = new();
    private readonly CancellationTokenSource disposal = new();
    private MontySuspension? pending;

    /// <summary>Creates a new session on a clean worker.</summary>
    internal MontySession(WorkerConnection worker, SessionOptions options, SessionHome home)
    {
        this.options = options;
        this.home = home;
        Disposal = disposal.Token;
        held = new HeldWorker(home.Workers, worker);
        var clock = new FeedClock(options.Limits.MaxFeedDuration);
        turns = new WorkerTurns(worker, new SuspensionBudget(options.Limits), options.TurnTimeout, clock, home.Time);
        turns.StartClock(options.Limits.MaxDuration);
        timed = new TimedTurns(turns, held, options, home.Time);
        history = TypeCheckHistory.Create(options, null);
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: true));
    }

    /// <summary>Creates a session that continues from a dump.</summary>
    private MontySession(WorkerConnection worker, SessionOptions options, SessionHome home, DumpEnvelope dump)
    {
        this.options = options with { ScriptName = dump.ScriptName };
        this.home = home;
        Disposal = disposal.Token;
        held = new HeldWorker(home.Workers, worker);
        var clock = new FeedClock(dump, options.Limits.MaxFeedDuration);
        turns = new WorkerTurns(worker, new SuspensionBudget(dump, options.Limits), options.TurnTimeout, clock, home.Time);
        turns.Restore(dump);
        timed = new TimedTurns(turns, held, this.options, home.Time);
        timed.Begin(dump);
        HostObjects.Restore(dump);
        history = TypeCheckHistory.Create(options, dump.TypeCheck);
    }

    /// <summary>The suspension that waits for an answer, or null when the session accepts a feed.</summary>
    public MontySuspension? Pending => pending;

    /// <summary>The findings of the type check before the last feed, or null when there was no check (<see cref="SessionOptions.TypeCheck"/>).</summary>
    public TypeCheckReport? LastTypeCheck { get; private set; }

    /// <summary>The names of the globals that feeds and their inputs assigned, according to the sources, sorted. A name may have been deleted since, or belong to a statement that was not reached.</summary>
    /// <exception cref="InvalidOperationException">The session keeps no sources, because <see cref="SessionOptions.TypeCheck"/> is null.</exception>
    public IReadOnlyList<string> GlobalNames => (history ?? throw NoSources()).GlobalNames;

    /// <summary>The findings of the last type check, as warnings about a feed that ran.</summary>
    internal IEnumerable<string> CheckWarnings => LastTypeCheck?.Diagnostics.Select(d => d.ToString()) ?? [];

    /// <summary>The clock for the timeouts of calls.</summary>
    internal TimeProvider Time => home.Time;

    /// <summary>The objects that the session has lent to its script.</summary>
    internal LentObjects HostObjects { get; } = new();

    /// <summary>Returns true for a pending call of an asynchronous function, which may be answered at once or with a future.</summary>
    internal bool IsAsyncCall(uint callId) => turns.IsAsyncCall(callId);

    /// <summary>Canceled when the session is disposed, to end what a feed waits for.</summary>
    internal CancellationToken Disposal { get; }

    /// <summary>True when the worker died or is being killed, so that every further request fails.</summary>
    public bool IsBroken => held.Current.IsBroken;

    /// <summary>True when the session waits for an answer and the worker can still abort the feed.</summary>
    internal bool CanAbort => pending is not null && !calls.IsClosed && !IsBroken;

    /// <summary>Creates the exception for a call of a disposed session.</summary>
    internal static ObjectDisposedException CreateDisposedException() =>
        new(typeof(MontySession).FullName, "The session was disposed. Open another session, or load its last dump.");

    /// <summary>Sets the receiver of the text that the continued feed prints.</summary>
    internal void PrintTo(Action<string>? print) => turns.Prints = print is null ? null : new PrintSink(print);

    /// <summary>Starts a snippet, and returns its first suspension or its end.</summary>
    /// <param name="code">Python source. Empty code does nothing; not even its inputs are assigned.</param>
    /// <param name="feed">The inputs, the name and the print callback. Tools are only used by <see cref="FeedAsync"/>.</param>
    /// <param name="cancellationToken">Canceling kills the worker, and the session is lost.</param>
    /// <exception cref="InvalidOperationException">The session waits for an answer, or another call is in progress.</exception>
    /// <exception cref="ArgumentException">An input cannot be sent, its name is not an identifier, or the stubs are not valid. Nothing ran, and the session is unchanged.</exception>
    /// <exception cref="MontySizeException">Code and inputs take more than 256 MiB on the wire. Nothing was sent, and the session is unchanged.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, and the session is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled. The session is lost, unless the token was canceled before the start or during the type check.</exception>
    public async ValueTask<MontyProgress> StartAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        feed ??= FeedOptions.Default;
        var awaitsEffects = feed.Tools.Any(tool => tool is { IsAsync: true, IsReadOnly: false });
        return await StartCoreAsync(code, feed, MontyToolSet.AsyncNamesOf(feed.Tools), awaitsEffects, cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<MontyProgress> StartCoreAsync(
        string code,
        FeedOptions feed,
        HashSet<string> asyncNames,
        bool awaitsEffects,
        CancellationToken cancellationToken
    )
    {
        using var call = calls.Enter();
        if (pending is not null && !IsBroken)
        {
            throw new InvalidOperationException(
                $"The session waits for an answer to {Describe(pending)}. Answer it or abort the feed before you start the next feed."
            );
        }

        var request = FeedEncoder.Encode(code, feed.Inputs);
        var scriptName = feed.ScriptName ?? options.ScriptName;
        LastTypeCheck = history is { Options.OnlyOnDemand: false }
            ? await CheckTypesCoreAsync(code, scriptName, feed, cancellationToken).ConfigureAwait(false)
            : null;
        if (LastTypeCheck is { } report && history!.Options.Refuses(report, awaitsEffects))
        {
            return new MontyTypingFailed(report);
        }

        PrintTo(feed.OnPrint);
        history?.BeginFeed(code, scriptName, feed);
        MontyProgress reply;
        try
        {
            reply = await timed.FeedAsync(request, asyncNames, scriptName, cancellationToken).ConfigureAwait(false);
        }
        catch when (!IsBroken)
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

    /// <summary>Answers the pending suspension, and continues the feed to the next suspension or its end.</summary>
    /// <param name="suspension">The suspension that was returned last (<see cref="Pending"/>).</param>
    /// <param name="answer">An answer of a kind that is possible for the suspension.</param>
    /// <param name="cancellationToken">Canceling kills the worker, and the session is lost.</param>
    /// <exception cref="InvalidOperationException">The suspension was already answered, or another call is in progress.</exception>
    /// <exception cref="ArgumentException">The answer is not possible for the suspension, or cannot be sent. The session keeps waiting and accepts another answer.</exception>
    /// <exception cref="MontySizeException">The answer takes more than 256 MiB on the wire. Nothing was sent; the session keeps waiting and accepts a smaller answer.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, and the session is lost.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled. The session is lost, unless the token was canceled before the start.</exception>
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
                $"The runtime refused the answer to {Describe(suspension)}, which still waits for one: {violation.Reason}"
            )
            : progress;
    }

    /// <summary>Ends the feed at its suspension by raising an exception that the script cannot catch. <c>finally</c> blocks do not run.</summary>
    /// <param name="error">The exception, which becomes <see cref="MontyFailed.Error"/>. Its type must be one that the runtime knows.</param>
    /// <param name="cancellationToken">Canceling kills the worker, and the session is lost.</param>
    /// <returns>The end of the feed, with the frames at which it stopped. The session accepts another feed.</returns>
    /// <exception cref="InvalidOperationException">The session does not wait for an answer, or another call is in progress.</exception>
    /// <exception cref="ArgumentException">The runtime does not know the exception's type, or the message cannot be sent. The session keeps waiting.</exception>
    /// <exception cref="MontySizeException">The exception takes more than 256 MiB on the wire. The session keeps waiting.</exception>
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
            ? throw new ArgumentException(
                $"The runtime refused the exception, and the feed still waits for an answer to {Describe(pending)}: {violation.Reason}"
            )
            : Settle(reply);
    }

    /// <summary>Runs one turn like <see cref="MontyPool.TurnAsync"/>, but in this session, which neither loads nor dumps anything.</summary>
    /// <param name="request">A feed, an answer to <see cref="Pending"/>, or an abort.</param>
    /// <param name="turn">
    /// Inline answers, the print callback and its limit, or null for the defaults. <see cref="SessionOptions.TurnTimeout"/> limits the whole turn, with all its
    /// inline answers. The other options of the session are not used.
    /// </param>
    /// <param name="cancellationToken">Canceling kills the worker, and the session is lost.</param>
    /// <returns>The suspension that was not answered inline, or the end of the feed.</returns>
    /// <exception cref="InvalidOperationException">
    /// The session does not wait for the answer, or is not idle before a feed, or another call is in progress.
    /// </exception>
    /// <exception cref="ArgumentException">The runtime refused the request or an inline answer.</exception>
    /// <exception cref="MontySizeException">A request takes more than 256 MiB on the wire. It was not sent.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, passed the timeout, or printed more than allowed. The session is lost.</exception>
    public async ValueTask<MontyProgress> RunTurnAsync(
        TurnRequest request,
        TurnOptions? turn = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        (request as FeedTurn)?.CheckNames();
        turn ??= TurnOptions.Default;
        var printed = new PrintCounter(turn.MaxPrintBytes);
        var begun = home.Time.GetTimestamp();
        LimitReply();
        PrintTo(Print);
        var progress = request switch
        {
            FeedTurn feed => await StartCoreAsync(
                    feed.Code,
                    new FeedOptions
                    {
                        Inputs = feed.Inputs,
                        ScriptName = feed.ScriptName,
                        OnPrint = Print,
                    },
                    feed.AsyncFunctions.ToHashSet(StringComparer.Ordinal),
                    awaitsEffects: feed.AsyncFunctions.Count > 0,
                    cancellationToken
                )
                .ConfigureAwait(false),
            AnswerTurn answer => await AnswerAsync(FindPending(answer.Suspension), answer.Answer, cancellationToken).ConfigureAwait(false),
            AbortTurn abort => await AbortAsync(abort.Error, cancellationToken).ConfigureAwait(false),
            _ => throw new UnreachableException(),
        };
        return turn.AnswerInline is { } answerInline
            ? await AnswerLoop
                .RunAsync(
                    progress,
                    suspension => ValueTask.FromResult(answerInline(suspension)),
                    (suspension, answer) =>
                    {
                        LimitReply();
                        return AnswerAsync(suspension, answer, cancellationToken);
                    }
                )
                .ConfigureAwait(false)
            : progress;

        void LimitReply()
        {
            if (turn.Session.TurnTimeout is { } whole)
            {
                turns.LimitReply(whole - home.Time.GetElapsedTime(begun));
            }
        }

        void Print(string text)
        {
            printed.Add(text);
            turn.OnPrint?.Invoke(text);
        }
    }

    /// <summary>Runs a snippet to its end, and answers its suspensions with the tools, names and handlers of <paramref name="feed"/>.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, tools and other options.</param>
    /// <param name="cancellationToken">Canceling while code runs kills the worker. Canceling while a tool runs aborts the feed and keeps the session.</param>
    /// <exception cref="MontyScriptException">The script failed. The session accepts another feed.</exception>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public Task<MontyResult> FeedAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        new FeedRunner(this, feed ?? FeedOptions.Default).RunAsync(code, cancellationToken);

    /// <summary>Continues a feed from the pending suspension to its end, for example after a load, and answers its suspensions with the tools, names and handlers of <paramref name="feed"/>.</summary>
    /// <param name="feed">The tools and other options. The inputs and the name are not used. Awaiting a call that was made before raises <c>RuntimeError</c>, because its handler no longer runs.</param>
    /// <param name="cancellationToken">As for <see cref="FeedAsync"/>.</param>
    /// <exception cref="InvalidOperationException">The session does not wait for an answer.</exception>
    /// <inheritdoc cref="FeedAsync" path="/exception"/>
    public Task<MontyResult> ContinueAsync(FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        new FeedRunner(this, feed ?? FeedOptions.Default).ContinueAsync(
            pending
                ?? throw new InvalidOperationException(
                    "The session does not wait for an answer, so there is nothing to continue. Start a feed instead."
                ),
            cancellationToken
        );

    /// <summary>Runs a feed like <see cref="FeedAsync"/>, and returns the printed text as it arrives: <see cref="FeedPrinted"/> items, followed by one <see cref="FeedFinished"/>.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, tools and other options. <see cref="FeedOptions.OnPrint"/> is not used, and <see cref="FeedOptions.MaxPrintBytes"/> limits all printed text.</param>
    /// <param name="cancellationToken">As for <see cref="FeedAsync"/>. Leaving the loop early has the same effect.</param>
    /// <inheritdoc cref="FeedAsync" path="/exception"/>
    public IAsyncEnumerable<FeedEvent> StreamAsync(string code, FeedOptions? feed = null, CancellationToken cancellationToken = default) =>
        FeedStream.RunAsync(this, code, feed ?? FeedOptions.Default, cancellationToken);

    /// <summary>Lends a C# object to the session's script. The returned value stands for the object itself, and the script can use the members that the host class declares.</summary>
    /// <remarks>Thread-safe. The same object always gets the same identity, and tools receive the object itself. The session keeps a reference to it until the session is disposed or reset.</remarks>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="target">The object.</param>
    /// <param name="hostClass">The class with the members that scripts can use.</param>
    /// <param name="id">The identity of the object, by which <see cref="MontyHostClassMembers{T}.ReattachBy"/> finds it after a load; or null for a random one.</param>
    /// <returns>A value to pass as an input or to return from a tool.</returns>
    /// <exception cref="ArgumentException">The id belongs to another object, the object was lent with another id, or the session knows another class with this name.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public MontyInstance Lend<T>(T target, MontyHostClass<T> hostClass, Guid? id = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(hostClass);
        return HostObjects.Lend(hostClass, target, id);
    }

    /// <summary>Returns the lent object that a value of this session's script stands for.</summary>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="value">Any value. The result is null for a value that does not stand for a lent object of this type.</param>
    /// <exception cref="PythonException">The object was lent before the session was dumped, and was not found after the load.</exception>
    public T? FindLent<T>(MontyValue value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return HostObjects.TryFind(value, out var target) ? target as T : null;
    }

    /// <summary>Checks the types of code against the definitions of the session's feeds, without running it or changing the session.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, names, tools and script name that the code would run with, or null for none.</param>
    /// <param name="cancellationToken">Ends the check. The session is unchanged.</param>
    /// <returns>The findings. When the check could not be finished, the report has a <see cref="TypeCheckReport.Failure"/>. The checker knows the modules and builtins of the runtime, but not every statement that its parser rejects.</returns>
    /// <exception cref="InvalidOperationException">The session remembers no sources, as <see cref="SessionOptions.TypeCheck"/> is null, or another call is in progress.</exception>
    /// <exception cref="ArgumentException">The stubs are not valid.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyWorkerException">No checker could be started. The session is unchanged.</exception>
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

    /// <summary>Removes all globals, counters, lent objects and the pending suspension. The session is then like a new one with the same options, and its preamble runs again.</summary>
    /// <param name="cancellationToken">Canceling during the preamble kills the worker, and the session is lost.</param>
    /// <exception cref="MontyScriptException">The preamble failed. The session is empty.</exception>
    /// <exception cref="MontyTypeCheckException">The type check refused the preamble. The session is empty.</exception>
    public ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (calls.Enter())
        {
            held.Current.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            held.Current.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: true));
            pending = null;
            turns.Reset(options.Limits);
            timed.Reset();
            HostObjects.Clear();
            history?.Clear();
        }

        return options.Preamble is null ? ValueTask.CompletedTask : RunPreambleAsync(cancellationToken);
    }

    /// <summary>Returns the whole state of the session as bytes, whether it is idle or waits for an answer. The session does not change. Takes about 10 ms for 400 kB of state.</summary>
    /// <param name="cancellationToken">Canceling kills the worker, and the session is lost.</param>
    /// <exception cref="MontySizeException">The dump takes more than 256 MiB. The session does not change.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, or did not report its version, which every dump contains.</exception>
    public async ValueTask<MontyDump> DumpAsync(CancellationToken cancellationToken = default)
    {
        using var call = calls.Enter();
        var seal = await home.Seals.GetAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var worker = held.Current;
        worker.Enqueue(new ParentRequest { Dump = new Unit() });
        var reply = await worker.ReceiveAsync(null, options.TurnTimeout, cancellationToken).ConfigureAwait(false);
        return seal.Wrap(Envelope(worker.ExpectDump(reply)));
    }

    /// <summary>Returns the worker to the pool. A worker in the middle of a turn is killed and replaced. A feed that waits for a tool ends, and the tool is canceled.</summary>
    public void Dispose()
    {
        if (!calls.TryClose(out var abandoned))
        {
            return;
        }

        held.Return(!abandoned);
        HostObjects.Close();
        disposal.Cancel();
        disposal.Dispose();
    }

    /// <summary>The same as <see cref="Dispose"/>, for <c>await using</c>. It completes synchronously.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Answers like <see cref="AnswerAsync"/>, but returns a <see cref="ProtocolViolation"/> when the runtime refuses the answer. The session then keeps waiting.</summary>
    internal async ValueTask<MontyProgress> TryAnswerAsync(
        MontySuspension suspension,
        MontyAnswer answer,
        CancellationToken cancellationToken
    )
    {
        using var call = calls.Enter();
        RequirePending(suspension);
        var reply = await timed.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        return reply is ProtocolViolation ? reply : Settle(reply);
    }

    /// <summary>Runs the preamble of the session, if it has one.</summary>
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

    /// <summary>Returns the pending suspension if it has the kind and ids of the given one, or else the given one, which cannot be answered.</summary>
    private MontySuspension FindPending(MontySuspension other)
    {
        var isPending = (pending, other) switch
        {
            (MontyFunctionCall mine, MontyFunctionCall its) => mine.CallId == its.CallId,
            (MontyOsCall mine, MontyOsCall its) => mine.CallId == its.CallId,
            (MontyNameLookup mine, MontyNameLookup its) => mine.Name == its.Name && mine.ObjectId == its.ObjectId,
            (MontyResolveFutures mine, MontyResolveFutures its) => mine.PendingCallIds.Order().SequenceEqual(its.PendingCallIds.Order()),
            _ => false,
        };
        return isPending ? pending! : other;
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
            "The session keeps no sources. Set SessionOptions.TypeCheck when you open it, or check the code on its own with MontyPool.CheckTypesAsync."
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
                ? $"The session does not wait for an answer: {Describe(suspension)} was already answered, or its feed was ended."
                : $"The session waits for {Describe(pending)}, but {Describe(suspension)} was answered. Answer the suspension that was returned last; each takes one answer."
        );
    }

    private MontyProgress Settle(MontyProgress reply)
    {
        pending = reply as MontySuspension;
        if (timed.WasUndone)
        {
            history?.WithdrawFeed();
        }
        else if (pending is null)
        {
            history?.EndFeed(reply);
        }

        return reply;
    }
}
