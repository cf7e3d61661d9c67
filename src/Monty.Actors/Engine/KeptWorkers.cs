namespace Monty.Actors.Engine;

/// <summary>Counts the workers in use, and takes the one that was kept longest from its session when a turn needs it.</summary>
/// <remarks>Thread-safe. No more turns run at once than there are workers (<see cref="TurnThreads"/>).</remarks>
internal sealed class KeptWorkers(int max)
{
    private readonly Lock gate = new();
    private readonly LinkedList<KeptWorker> idle = new();
    private int running;

    /// <summary>True while a turn that begins now finds a worker without taking one away.</summary>
    public bool HaveRoom
    {
        get
        {
            lock (gate) return running + idle.Count < max;
        }
    }

    /// <summary>Begins a turn that needs a worker of its own.</summary>
    public async ValueTask BeginAsync()
    {
        KeptWorker? taken = null;
        lock (gate)
        {
            if (++running + idle.Count > max)
            {
                taken = idle.First!.Value;
                idle.RemoveFirst();
            }
        }

        if (taken is not null) await taken.ParkAsync().ConfigureAwait(false);
    }

    /// <summary>Begins a turn on the worker that its session keeps; false where it was taken away.</summary>
    public bool TryBegin(KeptWorker kept)
    {
        lock (gate)
        {
            if (!idle.Remove(kept)) return false;
            running++;
            return true;
        }
    }

    /// <summary>Ends a turn.</summary>
    /// <param name="kept">The worker that its session keeps from here on; null where it was given back.</param>
    public void End(KeptWorker? kept)
    {
        lock (gate)
        {
            running--;
            if (kept is not null) idle.AddLast(kept);
        }
    }

    /// <summary>Gives back the worker of a session that has no use for it any more.</summary>
    public void Release(KeptWorker kept)
    {
        lock (gate)
        {
            if (!idle.Remove(kept)) return;
        }

        kept.Dispose();
    }
}
