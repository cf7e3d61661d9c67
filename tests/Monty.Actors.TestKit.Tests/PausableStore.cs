using Monty.Actors.Persistence;
using Monty.Testing.Stores;

namespace Monty.Actors.TestKit.Tests;

/// <summary>A store whose commits a test can pause, like those of a database that does not answer.</summary>
public sealed class PausableStore(SessionStore inner) : DelegatingStore(inner), IDisposable
{
    private readonly ManualResetEventSlim running = new(initialState: true);
    private TaskCompletionSource paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails the commits with an index row that meets a condition. Default: null, which fails none.</summary>
    internal Predicate<SessionSummary>? Failing { get; set; }

    /// <summary>The number of commits that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Makes the next commit wait.</summary>
    /// <returns>A task that completes when a commit waits.</returns>
    public Task PauseAsync()
    {
        paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running.Reset();
        return paused.Task;
    }

    /// <summary>Lets the waiting commits continue.</summary>
    public void Resume() => running.Set();

    public void Dispose() => running.Dispose();

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        if (!running.IsSet)
        {
            paused.TrySetResult();
            running.Wait();
        }

        if (writes.Any(w => Failing?.Invoke(w.Summary) == true))
        {
            Failures++;
            throw new SessionStoreException("The store failed because the test requested it.");
        }

        base.Write(writes);
    }
}
