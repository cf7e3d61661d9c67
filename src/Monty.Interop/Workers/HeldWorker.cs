using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>Holds the worker of a session until the session is disposed. A worker that was killed at a limit is replaced.</summary>
/// <remarks>Thread-safe, so that a session can be disposed while its worker is replaced.</remarks>
internal sealed class HeldWorker(WorkerPool pool, WorkerConnection first)
{
    private readonly Lock gate = new();
    private bool isHeld = true; // false while a replacement starts, when it did not start, and after the return
    private bool isReturned;

    /// <summary>The current worker. If it is broken and could not be replaced, it stays here.</summary>
    public WorkerConnection Current { get; private set; } = first;

    /// <summary>Returns a worker that holds no session: the current one after a reset, or a new one if the current one is broken.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed in the meantime.</exception>
    /// <exception cref="MontyWorkerException">No other worker could be started.</exception>
    public async ValueTask<WorkerConnection> ClearAsync(CancellationToken cancellationToken)
    {
        if (!Current.IsBroken)
        {
            Current.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            return Current;
        }

        bool mustReplace;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isReturned, typeof(MontySession));
            mustReplace = isHeld;
            isHeld = false;
        }

        var fresh = mustReplace
            ? await pool.ReplaceAsync(Current, cancellationToken).ConfigureAwait(false)
            : await pool.TakeAsync(cancellationToken).ConfigureAwait(false); // an earlier replacement did not start
        lock (gate)
        {
            if (!isReturned)
            {
                isHeld = true;
                return Current = fresh;
            }
        }

        pool.Return(fresh, clean: false);
        throw MontySession.CreateDisposedException();
    }

    /// <summary>Returns the worker to the pool.</summary>
    /// <param name="clean">True when the worker is between two turns. Otherwise it is killed.</param>
    public void Return(bool clean)
    {
        lock (gate)
        {
            isReturned = true;
            if (!isHeld)
            {
                return;
            }

            isHeld = false;
        }

        if (!clean)
        {
            Current.Break(WorkerFailure.Abandoned);
        }

        pool.Return(Current, clean);
    }
}
