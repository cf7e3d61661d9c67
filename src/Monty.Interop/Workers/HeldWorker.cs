using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>The worker that a session holds until it is disposed. One that was killed at a limit is replaced.</summary>
/// <remarks>Thread-safe, so that a session can be disposed while its worker is replaced.</remarks>
internal sealed class HeldWorker(WorkerPool pool, WorkerConnection first)
{
    private readonly Lock gate = new();
    private bool isHeld = true; // false while a replacement starts, and after the return
    private bool isReturned;

    /// <summary>The worker. One that could not be replaced stays here, broken.</summary>
    public WorkerConnection Current { get; private set; } = first;

    /// <summary>Returns the worker without any session in it: this one after a reset, or a fresh one where it is broken.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed meanwhile.</exception>
    /// <exception cref="MontyWorkerException">No other worker could be started.</exception>
    public async ValueTask<WorkerConnection> ClearAsync(CancellationToken cancellationToken)
    {
        if (!Current.IsBroken)
        {
            Current.EnqueueForOk(new ParentRequest { Reset = new Unit() });
            return Current;
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isReturned, typeof(MontySession));
            isHeld = false;
        }

        var fresh = await pool.ReplaceAsync(Current, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Gives the worker back to the pool.</summary>
    /// <param name="clean">True when it is between two turns. Another one is killed.</param>
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
