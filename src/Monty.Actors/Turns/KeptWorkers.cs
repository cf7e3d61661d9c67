namespace Monty.Actors.Turns;

/// <summary>Counts the workers in use. When a turn needs a worker, takes the one that was kept longest away from its session.</summary>
/// <remarks>
/// Thread-safe. No more turns run at once than there are workers (<see cref="TurnThreads"/>). After a turn ends, its worker stays reserved until the session
/// has processed the result.
/// </remarks>
internal sealed class KeptWorkers(int max) : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<KeptWorker> idle = new();
    private int running;
    private int wanted;
    private bool isOver;

    /// <summary>True if a turn that starts now finds a worker without taking one away from a session.</summary>
    public bool HasCapacity
    {
        get
        {
            lock (gate)
            {
                return running + idle.Count < max;
            }
        }
    }

    /// <summary>Starts a turn that needs a new worker.</summary>
    public async ValueTask BeginAsync()
    {
        KeptWorker? taken = null;
        lock (gate)
        {
            if (++running + idle.Count > max && idle.First is { } first)
            {
                taken = first.Value;
                idle.RemoveFirst();
            }
            else if (running > max)
            {
                wanted++; // the next turn that ends returns its worker
            }
        }

        if (taken is not null)
        {
            await taken.ParkAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts a turn on the worker that its session kept. Returns false if the worker was taken away.</summary>
    public bool TryBegin(KeptWorker kept)
    {
        lock (gate)
        {
            if (!idle.Remove(kept))
            {
                return false;
            }

            running++;
            return true;
        }
    }

    /// <summary>Ends a turn whose worker was returned.</summary>
    public void End()
    {
        lock (gate)
        {
            running--;
            if (wanted > 0)
            {
                wanted--;
            }
        }
    }

    /// <summary>Ends a turn whose session keeps the worker from here on. Other sessions may take the worker away.</summary>
    public void Keep(KeptWorker kept)
    {
        var isWanted = false;
        lock (gate)
        {
            running--;
            isWanted = wanted > 0;
            if (isWanted)
            {
                wanted--;
            }
            else if (!isOver)
            {
                idle.AddLast(kept);
                return;
            }
        }

        if (isWanted)
        {
            _ = kept.ParkAsync();
        }
        else
        {
            kept.Dispose();
        }
    }

    /// <summary>Returns the worker of a session that no longer needs it.</summary>
    public void Release(KeptWorker kept)
    {
        lock (gate)
        {
            if (!idle.Remove(kept))
            {
                return;
            }
        }

        kept.Dispose();
    }

    /// <summary>Returns all kept workers, including those of open sessions. No worker is kept afterwards.</summary>
    public void Dispose()
    {
        List<KeptWorker> left;
        lock (gate)
        {
            isOver = true;
            left = [.. idle];
            idle.Clear();
        }

        foreach (var kept in left)
        {
            kept.Dispose();
        }
    }
}
