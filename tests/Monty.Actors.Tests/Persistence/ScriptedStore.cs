using Monty.Testing.Stores;

namespace Monty.Actors.Tests.Persistence;

/// <summary>A store whose commits start and end when a test allows it.</summary>
internal sealed class ScriptedStore(SessionStoreOptions limits) : DelegatingStore(new MemoryStore(limits))
{
    private readonly SemaphoreSlim begun = new(0);
    private readonly SemaphoreSlim allowed = new(0);
    private Exception? failure;

    public List<string> Commits { get; } = [];

    /// <summary>Waits until a commit has started. It has taken its changes and waits for <see cref="Allow"/>.</summary>
    public Task Begun => begun.WaitAsync();

    public void Allow(Exception? failure = null)
    {
        this.failure = failure;
        allowed.Release();
    }

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        lock (Commits)
        {
            Commits.Add(string.Join(' ', writes.Select(w => w.Session.Name)));
        }

        begun.Release();
        allowed.Wait();
        if (Interlocked.Exchange(ref failure, null) is { } exception)
        {
            throw exception;
        }

        base.Write(writes);
    }

    public override ValueTask DisposeAsync()
    {
        begun.Dispose();
        allowed.Dispose();
        return base.DisposeAsync();
    }
}
