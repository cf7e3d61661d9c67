namespace Monty.Interop.TypeChecking;

/// <summary>Shares a small number of places among callers. Callers take turns, and no caller gets all places when there are at least two.</summary>
/// <remarks>Thread-safe. Each caller's own requests are served in the order they came. Requests without a caller are treated as those of one more caller, which may get all places.</remarks>
/// <param name="places">The number of places.</param>
internal sealed class CallerTurns(int places) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly LinkedList<Line> rotation = []; // the lines with waiting requests, the next one first
    private int taken;
    private int waiting;
    private bool disposed;

    /// <summary>The number of requests that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting;
            }
        }
    }

    /// <summary>Waits for a place. Disposing the result frees it.</summary>
    /// <param name="caller">The caller's name; null for none.</param>
    /// <param name="timeout">The maximum time to wait.</param>
    /// <param name="time">The clock of the timeout.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No place became free in time.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    public async ValueTask<Turn> EnterAsync(string? caller, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Line line;
        TaskCompletionSource admission;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            line = GetLine(caller ?? "");
            if (taken < places && !line.IsAtLimit)
            {
                Admit(line);
                return new Turn(this, line);
            }

            admission = Queue(line);
        }

        try
        {
            await admission.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            return new Turn(this, line);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            GiveUp(line, admission);
            throw;
        }
    }

    /// <summary>Ends every wait. Places that are in use can still be freed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var admission in rotation.SelectMany(l => l.Waiters))
            {
                admission.TrySetException(new ObjectDisposedException(GetType().FullName));
            }

            rotation.Clear();
            waiting = 0;
        }
    }

    private Line GetLine(string caller)
    {
        if (!lines.TryGetValue(caller, out var line))
        {
            line = new Line(caller, caller.Length == 0 ? places : Math.Max(1, places - 1));
            lines.Add(caller, line);
        }

        return line;
    }

    private void Admit(Line line)
    {
        taken++;
        line.Held++;
    }

    private TaskCompletionSource Queue(Line line)
    {
        var admission = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        line.Waiters.AddLast(admission);
        waiting++;
        if (line.Waiters.Count == 1)
        {
            rotation.AddLast(line);
        }

        return admission;
    }

    private void GiveUp(Line line, TaskCompletionSource admission)
    {
        lock (gate)
        {
            if (!line.Waiters.Remove(admission))
            {
                if (admission.Task.IsCompletedSuccessfully)
                {
                    LeaveCore(line); // it was admitted just as its wait ended
                }

                return;
            }

            waiting--;
            if (line.Waiters.Count == 0)
            {
                rotation.Remove(line);
                Forget(line);
            }
        }
    }

    private void Leave(Line line)
    {
        lock (gate)
        {
            LeaveCore(line);
        }
    }

    /// <summary>Frees a place and admits the next waiter whose caller has not reached its limit.</summary>
    private void LeaveCore(Line line)
    {
        taken--;
        line.Held--;
        for (var next = rotation.First; next is not null; next = next.Next)
        {
            if (!next.Value.IsAtLimit)
            {
                AdmitFirst(next);
                break;
            }
        }

        Forget(line);
    }

    private void AdmitFirst(LinkedListNode<Line> place)
    {
        var line = place.Value;
        var first = line.Waiters.First!.Value;
        line.Waiters.RemoveFirst();
        rotation.Remove(place);
        if (line.Waiters.Count > 0)
        {
            rotation.AddLast(place);
        }

        waiting--;
        Admit(line);
        first.SetResult();
    }

    /// <summary>Drops a line without places and waiting requests.</summary>
    private void Forget(Line line)
    {
        if (line.Held == 0 && line.Waiters.Count == 0)
        {
            lines.Remove(line.Caller);
        }
    }

    /// <summary>A place that is in use.</summary>
    public readonly struct Turn(CallerTurns turns, Line line) : IDisposable
    {
        public void Dispose() => turns.Leave(line);
    }

    /// <summary>One caller: the places that it holds, and its requests that wait.</summary>
    internal sealed class Line(string caller, int limit)
    {
        public string Caller => caller;

        public int Held { get; set; }

        public bool IsAtLimit => Held >= limit;

        public LinkedList<TaskCompletionSource> Waiters { get; } = [];
    }
}
