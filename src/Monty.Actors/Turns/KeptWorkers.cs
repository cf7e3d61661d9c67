namespace Monty.Actors.Turns;

/// <summary>Counts the workers in use, and takes the one that was kept longest from its session when a turn needs it.</summary>
/// <remarks>Thread-safe. No more turns run at once than there are workers (<see cref="TurnThreads"/>), but the worker of one that has ended is its session's until that has looked at what it led to.</remarks>
internal sealed class KeptWorkers(int max) : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<KeptWorker> idle = new();
    private int running;
    private int wanted;
    private bool isOver;

    /// <summary>True while a turn that begins now finds a worker without taking one away.</summary>
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

    /// <summary>Begins a turn that needs a worker of its own.</summary>
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
                wanted++; // whoever is the next to end gives a worker back
            }
        }

        if (taken is not null)
        {
            await taken.ParkAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins a turn on the worker that its session keeps; false where it was taken away.</summary>
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

    /// <summary>Ends a turn whose worker was given back.</summary>
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

    /// <summary>Ends a turn that counts, whose session keeps the worker from here on: somebody else may take it now.</summary>
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

    /// <summary>Gives back the worker of a session that has no use for it any more.</summary>
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

    /// <summary>Gives back what is kept, also where its session has not ended; no worker is kept any more.</summary>
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
