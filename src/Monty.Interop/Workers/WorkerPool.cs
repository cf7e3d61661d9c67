using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>Starts workers up to a limit, lends each to one borrower at a time, and ends those that cannot be used again.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WorkerPool(MontyPoolOptions options) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Stack<WorkerConnection> idle = new();
    private readonly LinkedList<TaskCompletionSource<WorkerConnection?>> waiters = [];
    private int live;
    private long started;
    private long recycled;
    private long discarded;
    private long checkouts;
    private bool disposed;

    public MontyPoolStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                return new(live, idle.Count, waiters.Count, started, recycled, discarded, checkouts);
            }
        }
    }

    public async Task PrewarmAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (gate)
            {
                if (disposed)
                {
                    throw CreateDisposedException();
                }

                if (live >= options.MinWorkers)
                {
                    return;
                }

                live++;
            }

            PutBack(await StartAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Lends a worker that is alive and holds no session.</summary>
    public async ValueTask<WorkerConnection> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var begun = options.TimeProvider.GetTimestamp();
        LinkedListNode<TaskCompletionSource<WorkerConnection?>>? place = null;
        WorkerConnection? worker = null;
        lock (gate)
        {
            if (disposed)
            {
                throw CreateDisposedException();
            }

            if (!idle.TryPop(out worker))
            {
                if (live < options.MaxWorkers)
                {
                    live++;
                }
                else
                {
                    place = waiters.AddLast(
                        new TaskCompletionSource<WorkerConnection?>(TaskCreationOptions.RunContinuationsAsynchronously)
                    );
                }
            }
        }

        if (place is not null)
        {
            worker = await WaitAsync(place, cancellationToken).ConfigureAwait(false);
        }

        if (worker is null || !IsUsable(worker))
        {
            worker = await StartAsync(cancellationToken).ConfigureAwait(false);
        }

        worker.Checkouts++;
        Interlocked.Increment(ref checkouts);
        MontyTelemetry.RecordCheckout(options.TimeProvider.GetElapsedTime(begun));
        return worker;
    }

    public void Dispose()
    {
        List<WorkerConnection> free;
        lock (gate)
        {
            disposed = true;
            free = [.. idle];
            idle.Clear();
            live -= free.Count;
            foreach (var waiter in waiters)
            {
                waiter.TrySetException(CreateDisposedException());
            }

            waiters.Clear();
        }

        foreach (var worker in free)
        {
            EndWorker(worker);
        }
    }

    /// <summary>Waits for a worker. Returns null for the right to start one.</summary>
    private async Task<WorkerConnection?> WaitAsync(
        LinkedListNode<TaskCompletionSource<WorkerConnection?>> place,
        CancellationToken cancellationToken
    )
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
                if (left)
                {
                    waiters.Remove(place);
                }
            }

            // The worker came just as the wait ended. It is passed on.
            if (!left && handedOver.IsCompletedSuccessfully)
            {
                Release(await handedOver.ConfigureAwait(false));
            }

            if (exception is OperationCanceledException)
            {
                throw;
            }

            throw new TimeoutException(
                $"No Monty worker became free within {options.CheckoutTimeout}: all {options.MaxWorkers} are lent out. "
                    + "Raise MaxWorkers or CheckoutTimeout, or dispose sessions sooner."
            );
        }
    }

    /// <summary>Returns true when an idle worker is still alive. A dead one is ended here, and the caller may start another in its place.</summary>
    /// <remarks>
    /// The answer to the reset with which it came back is not waited for: the first turn takes it before its own answer, which saves a wait (the
    /// benchmark <c>turns</c>, one-shot). A worker that refused the reset would fail that turn.
    /// </remarks>
    private bool IsUsable(WorkerConnection worker)
    {
        try
        {
            worker.CheckUnused();
            return true;
        }
        catch (MontyWorkerException)
        {
            Interlocked.Increment(ref discarded);
            EndWorker(worker);
            return false;
        }
    }

    /// <summary>Starts a worker and checks its protocol version. The caller has counted it in <see cref="live"/>.</summary>
    private async Task<WorkerConnection> StartAsync(CancellationToken cancellationToken)
    {
        WorkerConnection? worker = null;
        try
        {
            worker = new WorkerConnection(
                WorkerProcess.Start(RuntimeLocator.Find(options.RuntimePath)),
                options.TimeProvider,
                options.MaxDecodedBytes
            );
            MontyTelemetry.CountWorker(1);
            worker.EnqueueForOk(
                new ParentRequest
                {
                    Configure = new Configure { ScriptName = "main.py", ProtocolVersion = WorkerConnection.ProtocolVersion },
                }
            );
            worker.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            await worker.SettleAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            worker.ThrowIfBroken(); // the timeout passed, or the token was canceled, just as it answered
            Interlocked.Increment(ref started);
            return worker;
        }
        catch
        {
            if (worker is not null)
            {
                EndWorker(worker);
            }

            Release(null);
            throw;
        }
    }

    /// <summary>The exception for a use of the pool after its end.</summary>
    public static ObjectDisposedException CreateDisposedException() =>
        new(typeof(MontyPool).FullName, "The pool was disposed. Create another one, and dispose it when its workers are no longer needed.");

    private static void EndWorker(WorkerConnection worker)
    {
        worker.Dispose();
        MontyTelemetry.CountWorker(-1);
    }

    /// <summary>Ends a lent worker, and lends a fresh one in its place.</summary>
    public async Task<WorkerConnection> ReplaceAsync(WorkerConnection worker, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref discarded);
        EndWorker(worker);
        var fresh = await StartAsync(cancellationToken).ConfigureAwait(false);
        fresh.Checkouts = 1;
        return fresh;
    }

    /// <summary>Takes a worker back.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="clean">True when it is between two turns, so that it can be used again.</param>
    public void Return(WorkerConnection worker, bool clean)
    {
        if (!clean || worker.IsBroken)
        {
            Discard(worker);
        }
        else if (worker.Checkouts >= options.MaxCheckoutsPerWorker)
        {
            Recycle(worker);
        }
        else
        {
            PutBack(worker);
        }
    }

    private void PutBack(WorkerConnection worker)
    {
        try
        {
            if (!worker.EndsWithReset)
            {
                worker.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            }

            worker.Flush();
        }
        catch (MontyWorkerException)
        {
            Discard(worker); // it died between two turns, and the next session gets another
            return;
        }

        Release(worker);
    }

    private void Recycle(WorkerConnection worker)
    {
        Interlocked.Increment(ref recycled);
        EndWorker(worker);
        Release(null);
    }

    private void Discard(WorkerConnection worker)
    {
        Interlocked.Increment(ref discarded);
        EndWorker(worker);
        Release(null);
    }

    /// <summary>Hands a worker, or the right to start one, to the first waiting caller. Without one, the worker becomes idle and the right lapses.</summary>
    private void Release(WorkerConnection? worker)
    {
        lock (gate)
        {
            while (!disposed && waiters.First is { } first)
            {
                waiters.RemoveFirst();
                if (first.Value.TrySetResult(worker))
                {
                    return;
                }
            }

            if (worker is not null && !disposed)
            {
                idle.Push(worker);
                return;
            }

            live--;
        }

        if (worker is not null)
        {
            EndWorker(worker);
        }
    }
}
