using Monty.Interop.Dumps;
using Monty.Interop.Sessions;
using Monty.Interop.TypeChecking;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>Workers of this process, each lent to one session at a time and used again when it comes back clean.</summary>
/// <remarks>
/// Thread-safe. Waiters are served in the order they came. A worker that broke, was killed or was left in the middle of a turn is never
/// used again. A worker takes 8 to 13 ms to start and about 10 MB.
/// </remarks>
public sealed class MontyPool : IDisposable, IAsyncDisposable
{
    private readonly MontyPoolOptions options;
    private readonly WorkerPool workers;
    private readonly WorkerPool checkers;
    private readonly SessionHome home;
    private readonly Lock sealLock = new();
    private Task<DumpSeal>? seal;
    private string soundStubs = "";

    /// <summary>A pool with the default options; nothing is started yet.</summary>
    public MontyPool()
        : this(new MontyPoolOptions()) { }

    /// <summary>A pool; nothing is started yet.</summary>
    /// <param name="options">Limits and clocks.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MontyPool(MontyPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        workers = new WorkerPool(options);
        checkers = new WorkerPool(options with { MinWorkers = 0, MaxWorkers = Math.Max(1, options.MaxWorkers / 4) });
        home = new SessionHome(options.TimeProvider, workers.Return, SealAsync, CheckAsync);
    }

    /// <summary>The pool at this moment.</summary>
    public MontyPoolStatistics Statistics => workers.Statistics.Add(checkers.Statistics);

    /// <summary>Starts workers until <see cref="MontyPoolOptions.MinWorkers"/> run, so that the first sessions need not wait for them.</summary>
    /// <param name="cancellationToken">Stops starting; workers already started stay.</param>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    public Task PrewarmAsync(CancellationToken cancellationToken = default) => workers.PrewarmAsync(cancellationToken);

    /// <summary>Opens a session on a free worker, starting one where none is free and the limit allows it.</summary>
    /// <param name="session">How the session is set up; null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is lost.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the stubs of the type check are broken.</exception>
    /// <exception cref="TimeoutException">No worker became free in time.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    /// <exception cref="MontyTypeCheckException">The type check refused the code, or the session's preamble.</exception>
    public async ValueTask<MontySession> OpenSessionAsync(SessionOptions? session = null, CancellationToken cancellationToken = default)
    {
        session ??= SessionOptions.Default;
        session.Validate();
        await RequireSoundStubsAsync(session.TypeCheck?.Stubs, cancellationToken).ConfigureAwait(false);
        var worker = await workers.TakeAsync(cancellationToken).ConfigureAwait(false);
        MontySession opened;
        try
        {
            opened = new MontySession(worker, session, home);
        }
        catch
        {
            workers.Return(worker, clean: true); // the set-up cannot be sent, or the worker is broken, which shows there
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
    /// <param name="feed">Inputs, tools and the rest; null for none.</param>
    /// <param name="session">Limits and name; null for the defaults.</param>
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

    /// <summary>Runs definitions once and dumps the session, so that many runs start from there (<see cref="RunAsync(MontyDump, string, FeedOptions?, CancellationToken)"/>).</summary>
    /// <param name="definitions">Python source: imports, functions, classes, constants.</param>
    /// <param name="feed">Inputs, tools and the rest; null for none.</param>
    /// <param name="session">Limits and name of every run; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The definitions failed.</exception>
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

    /// <summary>Runs one snippet in a copy of a prepared program; the program and other copies do not notice.</summary>
    /// <param name="program">Made by <see cref="PrepareAsync"/>, or any dump of an idle session.</param>
    /// <param name="code">Python source.</param>
    /// <param name="feed">Inputs, tools and the rest; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The script failed.</exception>
    /// <exception cref="InvalidOperationException">The dump is of a session that waits for an answer.</exception>
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

    /// <summary>Opens a session that goes on from a dump: idle, or with the suspension it was dumped at in <see cref="MontySession.Pending"/>.</summary>
    /// <param name="dump">Made by a pool with the same key, of the same version of the runtime.</param>
    /// <param name="session">
    /// Deadline and print flushing; the script's name and all limits are the dump's, its suspensions capped by those given here. So is the type
    /// check, unless one is given here. The preamble runs after a reset only.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="MontyDumpException">The dump is damaged, forged, foreign, or of another version; nothing was harmed.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, such as for memory while it loaded.</exception>
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
        await RequireSoundStubsAsync(session.TypeCheck?.Stubs, cancellationToken).ConfigureAwait(false);
        var opened = (await SealAsync(cancellationToken).ConfigureAwait(false)).Open(dump);
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

    /// <summary>Runs one turn of a session that lives in its dump only: <c>(dump, request) → (prints, progress, dump')</c>, on whichever worker is free.</summary>
    /// <param name="dump">The session before the turn, or null for a new one.</param>
    /// <param name="request">A feed, an answer or an abort.</param>
    /// <param name="turn">Set-up of a new session, answers on the spot, print cap; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the turn and its worker; the dump given is still good.</param>
    /// <exception cref="MontyDumpException">The dump was refused; nothing ran.</exception>
    /// <exception cref="ArgumentException">The request was refused; the dump given is still good.</exception>
    /// <exception cref="MontySizeException">The request takes more than 256 MiB on the wire; nothing ran.</exception>
    /// <exception cref="MontyWorkerException">The worker died in the turn; the dump given is still good.</exception>
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
            throw new ArgumentException("A stateless turn has no preamble. Run that code once by PrepareAsync, and begin with its dump.");
        }

        var wrapping = await SealAsync(cancellationToken).ConfigureAwait(false);
        var loaded = dump is null ? null : wrapping.Open(dump);
        var history = TypeCheckHistory.Create(turn.Session.TypeCheck, loaded?.TypeCheck);
        var refusal =
            request is FeedTurn checkedFeed && history is { Options.OnlyOnDemand: false }
                ? await CheckAsync(history, checkedFeed, loaded?.ScriptName ?? turn.Session.ScriptName, cancellationToken)
                    .ConfigureAwait(false)
                : null;
        if (refusal is not null && dump is not null)
        {
            return new TurnResult("", refusal, dump);
        }

        if (refusal is not null)
        {
            request = new FeedTurn(""); // makes the dump of an empty session
        }

        var worker = await workers.TakeAsync(cancellationToken).ConfigureAwait(false);
        var stateless = new StatelessTurn(worker, loaded, history, turn, options.TimeProvider);
        try
        {
            var (progress, after) = await stateless.RunAsync(request, cancellationToken).ConfigureAwait(false);
            return new TurnResult(stateless.Printed, refusal ?? progress, wrapping.Wrap(after));
        }
        finally
        {
            workers.Return(worker, stateless.IsWorkerClean);
        }
    }

    /// <summary>Type checks code without running any of it, on a worker that no session gets afterwards.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="check">Stubs, tools, inputs and the script's name; null for none.</param>
    /// <param name="cancellationToken">Ends the check and its worker.</param>
    /// <returns>The findings. The checker knows the engine's modules and builtins, not every gap of its parser.</returns>
    /// <exception cref="ArgumentException">The stubs are broken: the runtime would ignore them silently.</exception>
    /// <exception cref="MontySizeException">The code, or the stubs, take more than 256 MiB on the wire; nothing was sent.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or failed.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public Task<TypeCheckReport> CheckTypesAsync(string code, TypeCheckOptions? check = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        check ??= TypeCheckOptions.Default;
        var names = DeclaredNames.From(check.Inputs, check.Stubs ?? "");
        return CheckAsync(
            new CheckedModule(code, check.ScriptName, names, []),
            ToolDeclarations.AddMissing(check.Stubs ?? "", check.Tools),
            cancellationToken
        );
    }

    /// <summary>Ends the idle workers at once and the lent ones when their sessions are disposed; waiting callers get an <see cref="ObjectDisposedException"/>.</summary>
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

    private async Task<MontyTypingFailed?> CheckAsync(
        TypeCheckHistory history,
        FeedTurn feed,
        string scriptName,
        CancellationToken cancellationToken
    )
    {
        var module = history.CreateModule(feed.Code, feed.ScriptName ?? scriptName, new FeedOptions { Inputs = feed.Inputs });
        var report = await CheckAsync(module, history.Options.Stubs ?? "", cancellationToken).ConfigureAwait(false);
        return report.HasErrors ? new MontyTypingFailed(report) : null;
    }

    /// <summary>Checks on a worker beside those of sessions: one that holds every worker of the pool waits for no other.</summary>
    private async Task<TypeCheckReport> CheckAsync(CheckedModule module, string stubs, CancellationToken cancellationToken)
    {
        await RequireSoundStubsAsync(stubs, cancellationToken).ConfigureAwait(false);
        return await OnCheckerAsync(
                worker => TypeChecker.CheckAsync(worker, module, stubs, options.StartTimeout, cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Looks at stubs once for as long as they stay the same.</summary>
    private async Task RequireSoundStubsAsync(string? stubs, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(stubs) || stubs == Volatile.Read(ref soundStubs))
        {
            return;
        }

        await OnCheckerAsync(
                async worker =>
                {
                    await TypeChecker.RequireSoundAsync(worker, stubs, options.StartTimeout, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        Volatile.Write(ref soundStubs, stubs);
    }

    private async Task<T> OnCheckerAsync<T>(Func<WorkerConnection, Task<T>> check, CancellationToken cancellationToken)
    {
        var worker = await checkers.TakeAsync(cancellationToken).ConfigureAwait(false);
        var clean = false;
        try
        {
            var result = await check(worker).ConfigureAwait(false);
            clean = true;
            return result;
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            clean = true; // broken stubs, or text that cannot cross: the worker served its turns
            throw;
        }
        finally
        {
            checkers.Return(worker, clean);
        }
    }

    /// <summary>What wraps dumps; the runtime is asked for its version once, and again only if it did not say it.</summary>
    private Task<DumpSeal> SealAsync(CancellationToken cancellationToken)
    {
        lock (sealLock)
        {
            if (seal is null || seal.IsFaulted || seal.IsCanceled)
            {
                seal = CreateSealAsync();
            }

            return seal.IsCompleted ? seal : seal.WaitAsync(cancellationToken);
        }
    }

    private async Task<DumpSeal> CreateSealAsync() =>
        new(
            options.DumpKey,
            await RuntimeVersion
                .AskAsync(RuntimeLocator.Find(options.RuntimePath), options.StartTimeout, options.TimeProvider)
                .ConfigureAwait(false)
        );
}
