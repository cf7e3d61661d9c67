using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>Workers of this process, each lent to one session at a time and used again when it comes back clean.</summary>
/// <remarks>
/// Thread-safe. Waiters are served in the order they came. A worker that broke, was killed or was left in the middle of a turn is never
/// used again. A worker takes 8 to 13 ms to start and about 10 MB.
/// </remarks>
public sealed class MontyPool : IAsyncDisposable
{
    private readonly MontyPoolOptions options;
    private readonly Lock gate = new();
    private readonly Stack<WorkerConnection> idle = new();
    private readonly LinkedList<TaskCompletionSource<WorkerConnection?>> waiters = [];
    private readonly SessionHome home;
    private Task<DumpSeal>? seal;
    private int live;
    private long started;
    private long recycled;
    private long discarded;
    private long checkouts;
    private bool disposed;

    /// <summary>A pool with the default options; nothing is started yet.</summary>
    public MontyPool()
        : this(new MontyPoolOptions())
    {
    }

    /// <summary>A pool; nothing is started yet.</summary>
    /// <param name="options">Limits and clocks.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MontyPool(MontyPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        home = new SessionHome(options.TimeProvider, Return, SealAsync);
    }

    /// <summary>The pool at this moment.</summary>
    public MontyPoolStatistics Statistics
    {
        get
        {
            lock (gate) return new(live, idle.Count, waiters.Count, started, recycled, discarded, checkouts);
        }
    }

    /// <summary>Starts workers until <see cref="MontyPoolOptions.MinWorkers"/> run, so that the first sessions need not wait for them.</summary>
    /// <param name="cancellationToken">Stops starting; workers already started stay.</param>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    public async Task PrewarmAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                if (live >= options.MinWorkers) return;
                live++;
            }

            PutBack(await StartAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Opens a session on a free worker, starting one where none is free and the limit allows it.</summary>
    /// <param name="session">How the session is set up; null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is lost.</param>
    /// <exception cref="TimeoutException">No worker became free in time.</exception>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime to start.</exception>
    /// <exception cref="MontyWorkerException">A worker could not be started, or speaks another protocol version.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public async ValueTask<MontySession> OpenSessionAsync(SessionOptions? session = null, CancellationToken cancellationToken = default)
    {
        session ??= SessionOptions.Default;
        session.Validate();
        return new MontySession(await TakeAsync(cancellationToken).ConfigureAwait(false), session, home);
    }

    /// <summary>Runs one snippet in a session of its own.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="feed">Inputs, tools and the rest; null for none.</param>
    /// <param name="session">Limits and name; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="MontyScriptException">The script failed.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<MontyResult> RunAsync(
        string code, FeedOptions? feed = null, SessionOptions? session = null, CancellationToken cancellationToken = default)
    {
        using var opened = await OpenSessionAsync(session, cancellationToken).ConfigureAwait(false);
        return await opened.FeedAsync(code, feed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a session that goes on from a dump: idle, or with the suspension it was dumped at in <see cref="MontySession.Pending"/>.</summary>
    /// <param name="dump">Made by a pool with the same key, of the same version of the runtime.</param>
    /// <param name="session">Deadline and print flushing; the script's name and all limits are the dump's, its suspensions capped by those given here.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="MontyDumpException">The dump is damaged, forged, foreign, or of another version; nothing was harmed.</exception>
    /// <exception cref="MontyWorkerException">The worker failed, such as for memory while it loaded.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<MontySession> LoadSessionAsync(MontyDump dump, SessionOptions? session = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dump);
        session ??= new SessionOptions { Limits = MontyLimits.None };
        session.Validate();
        var opened = (await SealAsync(cancellationToken).ConfigureAwait(false)).Open(dump);
        var worker = await TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await MontySession.LoadAsync(worker, opened, session, home, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Return(worker, clean: exception is MontyDumpException);
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
    /// <exception cref="MontyWorkerException">The worker died in the turn; the dump given is still good.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<TurnResult> TurnAsync(MontyDump? dump, TurnRequest request, TurnOptions? turn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        turn ??= TurnOptions.Default;
        turn.Session.Validate();
        var wrapping = await SealAsync(cancellationToken).ConfigureAwait(false);
        var loaded = dump is null ? null : wrapping.Open(dump);
        var worker = await TakeAsync(cancellationToken).ConfigureAwait(false);
        var clean = false;
        try
        {
            var stateless = new StatelessTurn(worker, loaded, turn);
            var (progress, after) = await stateless.RunAsync(request, cancellationToken).ConfigureAwait(false);
            clean = true;
            return new TurnResult(stateless.Printed, progress, wrapping.Wrap(after));
        }
        catch (Exception exception) when (exception is MontyDumpException or ArgumentException)
        {
            clean = true;
            throw;
        }
        finally
        {
            Return(worker, clean);
        }
    }

    /// <summary>Type checks code without running any of it, on a worker that is clean before and after.</summary>
    /// <param name="code">Python source.</param>
    /// <param name="check">Stubs, inputs and the script's name; null for none.</param>
    /// <param name="cancellationToken">Ends the check and its worker.</param>
    /// <returns>The findings. The checker knows the engine's modules and builtins, not every gap of its parser.</returns>
    /// <exception cref="ArgumentException">The stubs are broken: the runtime would ignore them silently.</exception>
    /// <inheritdoc cref="OpenSessionAsync" path="/exception"/>
    public async Task<TypeCheckReport> CheckTypesAsync(string code, TypeCheckOptions? check = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        var worker = await TakeAsync(cancellationToken).ConfigureAwait(false);
        var clean = false;
        try
        {
            var report = await TypeChecker.CheckAsync(worker, code, check ?? TypeCheckOptions.Default, options.StartTimeout, cancellationToken).ConfigureAwait(false);
            clean = true;
            return report;
        }
        catch (ArgumentException)
        {
            clean = true; // broken stubs: the worker served its turns
            throw;
        }
        finally
        {
            Return(worker, clean);
        }
    }

    /// <summary>Ends the idle workers at once and the lent ones when their sessions are disposed; waiting callers get an <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync()
    {
        List<WorkerConnection> free;
        lock (gate)
        {
            disposed = true;
            free = [.. idle];
            idle.Clear();
            live -= free.Count;
            foreach (var waiter in waiters) waiter.TrySetException(new ObjectDisposedException(nameof(MontyPool)));
            waiters.Clear();
        }

        foreach (var worker in free) worker.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What wraps dumps; the runtime is asked for its version once, and again only if it did not say it.</summary>
    private Task<DumpSeal> SealAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (seal is null || seal.IsFaulted || seal.IsCanceled) seal = CreateSealAsync();
            return seal.IsCompleted ? seal : seal.WaitAsync(cancellationToken);
        }
    }

    private async Task<DumpSeal> CreateSealAsync() =>
        new(options.DumpKey, await RuntimeVersion.AskAsync(RuntimeLocator.Find(options.RuntimePath), CancellationToken.None).ConfigureAwait(false));

    private async ValueTask<WorkerConnection> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            LinkedListNode<TaskCompletionSource<WorkerConnection?>>? place = null;
            WorkerConnection? worker = null;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                if (!idle.TryPop(out worker))
                {
                    if (live < options.MaxWorkers) live++;
                    else place = waiters.AddLast(new TaskCompletionSource<WorkerConnection?>(TaskCreationOptions.RunContinuationsAsynchronously));
                }
            }

            if (place is not null) worker = await WaitAsync(place, cancellationToken).ConfigureAwait(false);
            worker ??= await StartAsync(cancellationToken).ConfigureAwait(false);
            if (!await IsCleanAsync(worker, cancellationToken).ConfigureAwait(false)) continue;
            worker.Checkouts++;
            Interlocked.Increment(ref checkouts);
            return worker;
        }
    }

    /// <summary>Waits for a worker, or for the right to start one (null).</summary>
    private async Task<WorkerConnection?> WaitAsync(LinkedListNode<TaskCompletionSource<WorkerConnection?>> place, CancellationToken cancellationToken)
    {
        var handedOver = place.Value.Task;
        try
        {
            return await handedOver.WaitAsync(options.CheckoutTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            bool left;
            lock (gate)
            {
                left = place.List is not null;
                if (left) waiters.Remove(place);
            }

            // The worker came at the same moment as the end of the wait: it is passed on.
            if (!left && handedOver.IsCompletedSuccessfully) Release(await handedOver.ConfigureAwait(false));
            if (exception is OperationCanceledException) throw;
            throw new TimeoutException(
                $"No Monty worker became free within {options.CheckoutTimeout}: all {options.MaxWorkers} are lent out. "
                + "Raise MaxWorkers or CheckoutTimeout, or dispose sessions sooner.");
        }
    }

    /// <summary>Takes the answer to the reset that the worker was given back with; a worker that died meanwhile is replaced.</summary>
    private async ValueTask<bool> IsCleanAsync(WorkerConnection worker, CancellationToken cancellationToken)
    {
        try
        {
            await worker.SettleAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (MontyWorkerException)
        {
            Discard(worker); // it died while nobody used it: another serves instead, and the statistics count it
            return false;
        }
        catch
        {
            Discard(worker);
            throw;
        }
    }

    /// <summary>Starts a worker and checks its protocol version; the caller has counted it in <see cref="live"/>.</summary>
    private async Task<WorkerConnection> StartAsync(CancellationToken cancellationToken)
    {
        WorkerConnection? worker = null;
        try
        {
            worker = new WorkerConnection(WorkerProcess.Start(RuntimeLocator.Find(options.RuntimePath)), options.TimeProvider);
            worker.SendForOk(new ParentRequest { Configure = new Configure { ScriptName = "main.py", ProtocolVersion = WorkerConnection.ProtocolVersion } });
            worker.SendForOk(new ParentRequest { Reset = new Unit() });
            await worker.SettleAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref started);
            return worker;
        }
        catch
        {
            worker?.Dispose();
            Release(null);
            throw;
        }
    }

    private void Return(WorkerConnection worker, bool clean)
    {
        if (!clean || worker.IsBroken) Discard(worker);
        else if (worker.Checkouts >= options.MaxCheckoutsPerWorker) Recycle(worker);
        else PutBack(worker);
    }

    private void PutBack(WorkerConnection worker)
    {
        try
        {
            worker.SendForOk(new ParentRequest { Reset = new Unit() });
            worker.Flush();
        }
        catch (MontyWorkerException)
        {
            Discard(worker); // it died between two turns: the next session gets another
            return;
        }

        Release(worker);
    }

    private void Recycle(WorkerConnection worker)
    {
        Interlocked.Increment(ref recycled);
        worker.Dispose();
        Release(null);
    }

    private void Discard(WorkerConnection worker)
    {
        Interlocked.Increment(ref discarded);
        worker.Dispose();
        Release(null);
    }

    /// <summary>Hands a worker, or the right to start one, to the first waiter; without one the worker rests or the right lapses.</summary>
    private void Release(WorkerConnection? worker)
    {
        lock (gate)
        {
            while (!disposed && waiters.First is { } first)
            {
                waiters.RemoveFirst();
                if (first.Value.TrySetResult(worker)) return;
            }

            if (worker is not null && !disposed)
            {
                idle.Push(worker);
                return;
            }

            live--;
        }

        worker?.Dispose();
    }
}
