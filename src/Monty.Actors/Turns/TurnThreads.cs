namespace Monty.Actors.Turns;

/// <summary>The threads that turns run on, one for each worker. A turn blocks on its worker's pipe, and must not block a thread of the thread pool.</summary>
/// <remarks>
/// Thread-safe. Threads are started when they are first needed. A running turn cannot be preempted, so fairness is decided before it starts: tenants
/// are served in rotation, each in the order of its requests, and none has all the threads at once.
/// </remarks>
internal sealed class TurnThreads(int max) : IDisposable
{
    private readonly int maxOfTenant = Math.Max(1, max - 1);
    private readonly Dictionary<string, Tenant> tenants = new(StringComparer.Ordinal);
    private readonly LinkedList<Tenant> waiting = new();
    private int threads;
    private int free;
    private int queued;
    private bool isOver;

    /// <summary>True if a turn waits for a thread.</summary>
    public bool HasWaiters
    {
        get
        {
            lock (tenants)
            {
                return queued > 0;
            }
        }
    }

    /// <summary>Runs a turn as soon as a thread is free for its tenant.</summary>
    /// <param name="tenant">The tenant of the session.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Stops waiting for a thread. A turn that has started must check the token itself, and its result counts.</param>
    public Task<T> RunAsync<T>(string tenant, Func<Task<T>> turn, CancellationToken cancellationToken)
    {
        var asked = new Asked<T>(turn, cancellationToken);
        lock (tenants)
        {
            if (!tenants.TryGetValue(tenant, out var of))
            {
                tenants.Add(tenant, of = new Tenant(tenant));
            }

            of.Turns.Enqueue(asked.Run);
            if (of.Turns.Count == 1)
            {
                waiting.AddLast(of);
            }

            queued++;
            Monitor.Pulse(tenants);
            if (free < queued && threads < max)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "Monty turns" }.UnsafeStart();
            }
        }

        return asked.Result;
    }

    /// <summary>Lets the threads end when no turn waits.</summary>
    public void Dispose()
    {
        lock (tenants)
        {
            isOver = true;
            Monitor.PulseAll(tenants);
        }
    }

    private void Work()
    {
        while (Take() is var (tenant, turn))
        {
            turn();
            Return(tenant);
        }
    }

    /// <summary>Returns the next turn of the tenant that has waited longest among those that may run, or null when there will be none.</summary>
    private (Tenant Tenant, Action Turn)? Take()
    {
        lock (tenants)
        {
            while (true)
            {
                for (var node = waiting.First; node is not null; node = node.Next)
                {
                    if (node.Value.Running == maxOfTenant)
                    {
                        continue;
                    }

                    waiting.Remove(node);
                    var tenant = node.Value;
                    var turn = tenant.Turns.Dequeue();
                    if (tenant.Turns.Count > 0)
                    {
                        waiting.AddLast(node);
                    }

                    tenant.Running++;
                    queued--;
                    return (tenant, turn);
                }

                if (isOver && waiting.Count == 0)
                {
                    return null;
                }

                free++;
                Monitor.Wait(tenants);
                free--;
            }
        }
    }

    private void Return(Tenant tenant)
    {
        lock (tenants)
        {
            if (--tenant.Running == 0 && tenant.Turns.Count == 0)
            {
                tenants.Remove(tenant.Name);
            }

            if (isOver)
            {
                Monitor.PulseAll(tenants);
            }
        }
    }

    /// <summary>A requested turn. It either starts, or is canceled before.</summary>
    /// <remarks>What follows a turn runs on the turn's thread. It is short: it sends the outcome to the session.</remarks>
    private sealed class Asked<T>
    {
        private readonly TaskCompletionSource<T> result = new();
        private readonly Func<Task<T>> turn;
        private readonly CancellationTokenRegistration leaving;
        private int isDecided;

        public Asked(Func<Task<T>> turn, CancellationToken cancellationToken)
        {
            this.turn = turn;
            leaving = cancellationToken.UnsafeRegister(static (asked, token) => ((Asked<T>)asked!).Leave(token), this);
        }

        public Task<T> Result => result.Task;

        public void Run()
        {
            if (Interlocked.Exchange(ref isDecided, 1) == 1)
            {
                return;
            }

            leaving.Dispose();
            var running = turn();
            ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            if (running.IsCompletedSuccessfully)
            {
                result.SetResult(running.Result);
            }
            else if (running.IsCanceled)
            {
                result.SetCanceled();
            }
            else
            {
                result.SetException(running.Exception!.InnerExceptions);
            }
        }

        private void Leave(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref isDecided, 1) == 0)
            {
                result.SetCanceled(cancellationToken);
            }
        }
    }

    private sealed class Tenant(string name)
    {
        public string Name => name;

        public Queue<Action> Turns { get; } = new();

        public int Running { get; set; }
    }
}
