using Monty.Interop.Dumps;
using Monty.Interop.Sessions;
using Monty.Interop.TypeChecking;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>A pool of worker processes. Each worker is lent to one session at a time, and is used again when it is returned in a clean state.</summary>
/// <remarks>
/// Thread-safe. Waiting callers are served in the order they came. A worker that broke, was killed or was left in the middle of a turn is never
/// used again. A worker takes 8 to 13 ms to start and about 10 MB.
/// </remarks>
public sealed class MontyPool : IDisposable, IAsyncDisposable
{
    private readonly TimeProvider time;
    private readonly WorkerPool workers;
    private readonly TypeCheckers checkers;
    private readonly DumpSeals seals;
    private readonly SessionHome home;

    /// <summary>Creates a pool with the default options. It starts no worker yet.</summary>
    public MontyPool()
        : this(new MontyPoolOptions()) { }

    /// <summary>Creates a pool. It starts no worker yet.</summary>
    /// <param name="options">The options of the pool.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MontyPool(MontyPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        time = options.TimeProvider;
        workers = new WorkerPool(options);
        checkers = new TypeCheckers(options);
        seals = new DumpSeals(options);
        home = new SessionHome(time, workers, seals, checkers);
    }

    /// <summary>The state of the pool at this moment.</summary>
    public MontyPoolStatistics Statistics => workers.Statistics.Add(checkers.Statistics);

    /// <summary>Starts workers until <see cref="MontyPoolOptions.MinWorkers"/> run, so that the first sessions need not wait for them.</summary>
    /// <param name="cancellationToken">Stops starting. Workers that run already stay.</param>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    public Task PrewarmAsync(CancellationToken cancellationToken = default) => workers.PrewarmAsync(cancellationToken);

    /// <summary>Returns the version of the runtime, such as <c>monty-runtime 0.0.23</c>. A dump can only be loaded into the version that made it.</summary>
    /// <remarks>The runtime is asked once. Later calls return the same answer.</remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime.</exception>
    /// <exception cref="MontyWorkerException">The runtime could not be started, or did not print its version in time.</exception>
    public async Task<string> GetRuntimeVersionAsync(CancellationToken cancellationToken = default) =>
        (await seals.GetAsync(cancellationToken).ConfigureAwait(false)).RuntimeVersion;

    /// <summary>Opens a session on a free worker. Starts a worker if none is free and the limit allows it.</summary>
    /// <param name="session">The options of the session, or null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait for a worker, and the preamble.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the stubs of the type check are not valid.</exception>
    /// <exception cref="TimeoutException">No worker became free in time.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    /// <exception cref="MontyTypeCheckException">The type check refused the code or the session's preamble, or the check of the stubs could not be finished.</exception>
    public async ValueTask<MontySession> OpenSessionAsync(SessionOptions? session = null, CancellationToken cancellationToken = default)
    {
        session ??= SessionOptions.Default;
        session.Validate();
        await checkers.RequireSoundStubsAsync(session.TypeCheck, cancellationToken).ConfigureAwait(false);
        var worker = await workers.TakeAsync(cancellationToken).ConfigureAwait(false);
        MontySession opened;
        try
        {
            opened = new MontySession(worker, session, home);
        }
        catch
        {
            workers.Return(worker, clean: true); // the options cannot be sent, or the worker is broken, which Return detects
            throw;
        }

        try
        {
            await opened.RunPreambleAsync(cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs one snippet in a session of its own.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, tools and other options, or null for none.</param>
    /// <param name="session">The limits, the name and other options, or null for the defaults.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The script failed.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<MontyResult> RunAsync(
        string code,
        FeedOptions? feed = null,
        SessionOptions? session = null,
        CancellationToken cancellationToken = default
    )
    {
        using var opened = await OpenSessionAsync(session, cancellationToken).ConfigureAwait(false);
        return await opened.FeedAsync(code, feed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs definitions once and dumps the session, so that many runs can start from it (<see cref="RunAsync(MontyDump, string, FeedOptions?, CancellationToken)"/>).</summary>
    /// <param name="definitions">Python source: imports, functions, classes, constants.</param>
    /// <param name="feed">The inputs, tools and other options, or null for none.</param>
    /// <param name="session">The limits, the name and other options of every run, or null for the defaults.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The definitions failed.</exception>
    /// <exception cref="MontySizeException">Code and inputs, or the dump, take more than 256 MiB.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<MontyDump> PrepareAsync(
        string definitions,
        FeedOptions? feed = null,
        SessionOptions? session = null,
        CancellationToken cancellationToken = default
    )
    {
        using var opened = await OpenSessionAsync(session, cancellationToken).ConfigureAwait(false);
        await opened.FeedAsync(definitions, feed, cancellationToken).ConfigureAwait(false);
        return await opened.DumpAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one snippet in a copy of a prepared program. The program and other copies do not change.</summary>
    /// <param name="program">A program from <see cref="PrepareAsync"/>, or any dump of an idle session.</param>
    /// <param name="code">Python source.</param>
    /// <param name="feed">The inputs, tools and other options, or null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The script failed.</exception>
    /// <exception cref="InvalidOperationException">The dump holds a session that waits for an answer.</exception>
    /// <inheritdoc cref="LoadSessionAsync" path="/exception"/>
    public async Task<MontyResult> RunAsync(
        MontyDump program,
        string code,
        FeedOptions? feed = null,
        CancellationToken cancellationToken = default
    )
    {
        using var copy = await LoadSessionAsync(program, null, cancellationToken).ConfigureAwait(false);
        return await copy.FeedAsync(code, feed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a session from a dump. It is idle, or waits at the suspension at which it was dumped (<see cref="MontySession.Pending"/>).</summary>
    /// <param name="dump">A dump from a pool with the same key and the same version of the runtime.</param>
    /// <param name="session">
    /// The timeout of turns and the flushing of prints. The script's name and all limits come from the dump; the limit of suspensions is lowered to the
    /// one given here. The type check comes from the dump unless one is given here. The preamble runs only after a reset.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="MontyDumpException">The dump is damaged, forged, foreign, or of another version. Nothing ran.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, for example because it ran out of memory while it loaded the dump.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<MontySession> LoadSessionAsync(
        MontyDump dump,
        SessionOptions? session = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(dump);
        session ??= new SessionOptions { Limits = MontyLimits.None };
        session.Validate();
        await checkers.RequireSoundStubsAsync(session.TypeCheck, cancellationToken).ConfigureAwait(false);
        var opened = (await seals.GetAsync(cancellationToken).ConfigureAwait(false)).Open(dump);
        var worker = await workers.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await MontySession.LoadAsync(worker, opened, session, home, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            workers.Return(worker, clean: exception is MontyDumpException);
            throw;
        }
    }

    /// <summary>Runs one turn of a session that exists only as a dump: <c>(dump, request) → (prints, progress, dump')</c>, on any free worker.</summary>
    /// <param name="dump">The session before the turn, or null for a new one.</param>
    /// <param name="request">A feed, an answer or an abort.</param>
    /// <param name="turn">The options of a new session, inline answers and the limit on prints; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the turn and its worker. The given dump can be used again.</param>
    /// <exception cref="MontyDumpException">The dump was refused. Nothing ran.</exception>
    /// <exception cref="ArgumentException">The request was refused. The given dump can be used again.</exception>
    /// <exception cref="MontySizeException">The request takes more than 256 MiB on the wire and nothing ran, or the new dump takes more. The given dump can be used again.</exception>
    /// <exception cref="MontyWorkerException">The worker died in the turn. The given dump can be used again.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<TurnResult> TurnAsync(
        MontyDump? dump,
        TurnRequest request,
        TurnOptions? turn = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        turn ??= TurnOptions.Default;
        turn.Session.Validate();
        if (turn.Session.Preamble is not null)
        {
            throw new ArgumentException("A stateless turn has no preamble. Run that code once with PrepareAsync, and begin with its dump.");
        }

        var wrapping = await seals.GetAsync(cancellationToken).ConfigureAwait(false);
        var loaded = dump is null ? null : wrapping.Open(dump);
        var history = TypeCheckHistory.Create(turn.Session, loaded?.TypeCheck);
        var refusal =
            request is FeedTurn { Code.Length: > 0 } feed && history is { Options.OnlyOnDemand: false }
                ? await CheckAsync(
                        history,
                        feed,
                        turn.Session with
                        {
                            ScriptName = loaded?.ScriptName ?? turn.Session.ScriptName,
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false)
                : null;
        if (refusal is not null && dump is not null)
        {
            return new TurnResult("", refusal, dump);
        }

        if (refusal is not null)
        {
            request = new FeedTurn(""); // the result is the dump of an empty session
        }

        var held = new HeldWorker(workers, await workers.TakeAsync(cancellationToken).ConfigureAwait(false));
        var stateless = new StatelessTurn(held.Current, loaded, history, turn, time);
        PythonError timeout;
        try
        {
            var (progress, after) = await stateless.RunAsync(request, cancellationToken).ConfigureAwait(false);
            progress = refusal ?? await stateless.LocateAsync(progress, held, cancellationToken).ConfigureAwait(false);
            return new TurnResult(stateless.Printed, progress, wrapping.Wrap(after));
        }
        catch (MontyWorkerException) when (stateless.HasPassedFeedLimit)
        {
            timeout = await stateless.CreateTimeoutAsync(held, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            held.Return(stateless.IsWorkerClean);
        }

        var ended = await EndFeedAsync(dump, request, timeout, turn, cancellationToken).ConfigureAwait(false);
        return ended with { Printed = stateless.Printed };
    }

    /// <summary>Ends a feed that was stopped at its limit. When the feed began in this turn, the session is restored to the state before it. Any other feed is aborted at its suspension.</summary>
    private async Task<TurnResult> EndFeedAsync(
        MontyDump? dump,
        TurnRequest request,
        PythonError timeout,
        TurnOptions turn,
        CancellationToken cancellationToken
    )
    {
        var failed = new MontyFailed(timeout, FailureOrigin.Limit);
        if (request is FeedTurn && dump is not null)
        {
            return new TurnResult("", failed, dump);
        }

        TurnRequest last = request is FeedTurn ? new FeedTurn("") : new AbortTurn(timeout);
        var ended = await TurnAsync(dump, last, new TurnOptions { Session = turn.Session }, cancellationToken).ConfigureAwait(false);
        return ended.Progress is MontyFailed aborted
            ? ended with
            {
                Progress = aborted with { Origin = FailureOrigin.Limit },
            }
            : ended with
            {
                Progress = failed,
            };
    }

    /// <summary>Checks the types of code without running it, on a worker that is separate from those of sessions.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="check">Stubs, tools, inputs, limits and the script's name; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the check and its worker.</param>
    /// <returns>The findings. When the check could not be finished, the report has a <see cref="TypeCheckReport.Failure"/>. The checker knows the modules and builtins of the runtime, but not every statement that its parser rejects.</returns>
    /// <exception cref="ArgumentException">A limit is out of its range, or the stubs are not valid, and the runtime would ignore them silently.</exception>
    /// <exception cref="MontySizeException">The code, or the stubs, take more than 256 MiB on the wire. Nothing was sent.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public Task<TypeCheckReport> CheckTypesAsync(string code, TypeCheckOptions? check = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        check ??= TypeCheckOptions.Default;
        check.Limits?.Validate();
        var stubs = check.Stubs ?? "";
        return checkers.CheckAsync(
            new TypeCheckRequest(code, check.ScriptName)
            {
                Names = [.. DeclaredNames.From(check.Inputs, DeclaredNames.In(stubs))],
                Stubs = ToolDeclarations.AddMissing(stubs, check.Tools),
                Caller = check.Caller,
                Limits = check.Limits,
            },
            cancellationToken
        );
    }

    /// <summary>Ends the idle workers at once, and the lent ones when their sessions are disposed. Callers that wait get an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        workers.Dispose();
        checkers.Dispose();
    }

    /// <summary>The same as <see cref="Dispose"/>, for <c>await using</c>. It completes synchronously.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Checks the types of a feed against the earlier feeds of its session. Returns the refusal, or null when the feed may run.</summary>
    private async Task<MontyTypingFailed?> CheckAsync(
        TypeCheckHistory history,
        FeedTurn feed,
        SessionOptions session,
        CancellationToken cancellationToken
    )
    {
        var request = history.CreateRequest(
            feed.Code,
            feed.ScriptName ?? session.ScriptName,
            new FeedOptions { Inputs = feed.Inputs },
            checkers.Limits,
            Timeouts.ForTurn(session.TurnTimeout, session.Limits.MaxDuration)
        );
        var report = await checkers.CheckAsync(request, cancellationToken).ConfigureAwait(false);
        return history.Options.Refuses(report, awaitsEffects: feed.AsyncFunctions.Count > 0) ? new MontyTypingFailed(report) : null;
    }
}
