namespace Monty.Actors.Engine;

/// <summary>The threads that turns run on: one a worker, as a turn blocks on its worker's pipe and must not hold a thread of the pool.</summary>
/// <remarks>Thread-safe. Turns begin in the order they come; threads are started when they are needed first.</remarks>
internal sealed class TurnThreads(int max) : IDisposable
{
    private readonly Queue<Action> queue = new();
    private int threads;
    private int free;
    private bool isOver;

    /// <summary>Runs a turn as soon as a thread is free.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Stops waiting for a thread; the turn itself has to look at it.</param>
    public Task<T> RunAsync<T>(Func<Task<T>> turn, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (queue)
        {
            queue.Enqueue(() => Run(turn, result, cancellationToken));
            Monitor.Pulse(queue);
            if (free < queue.Count && threads < max)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "Monty turns" }.UnsafeStart();
            }
        }

        return result.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the threads end once the queue is empty.</summary>
    public void Dispose()
    {
        lock (queue)
        {
            isOver = true;
            Monitor.PulseAll(queue);
        }
    }

    private static void Run<T>(Func<Task<T>> turn, TaskCompletionSource<T> result, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return; // whoever asked does not wait any more
        var running = turn();
        ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        if (running.IsCompletedSuccessfully) result.SetResult(running.Result);
        else if (running.IsCanceled) result.SetCanceled(cancellationToken);
        else result.SetException(running.Exception!.InnerExceptions);
    }

    private void Work()
    {
        while (Take() is { } turn) turn();
    }

    private Action? Take()
    {
        lock (queue)
        {
            Action? turn;
            free++;
            while (!queue.TryDequeue(out turn) && !isOver) Monitor.Wait(queue);
            free--;
            return turn;
        }
    }
}
