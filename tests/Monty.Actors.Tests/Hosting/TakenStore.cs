using Monty.Testing.Stores;

namespace Monty.Actors.Tests.Hosting;

/// <summary>A store in memory that a test can take away and give back. Other owners wait for it, as on PostgreSQL.</summary>
internal sealed class TakenStore(SessionStore inner) : DelegatingStore(inner)
{
    private TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource lost = new();

    public TaskCompletionSource Waited { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDisposed { get; private set; }

    /// <summary>Lets the waiting engine own the store.</summary>
    public TakenStore Free()
    {
        free.TrySetResult();
        return this;
    }

    /// <summary>Takes the store from its owner. The next owner waits for <see cref="Free"/>.</summary>
    public async Task TakeAsync()
    {
        free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Waited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = lost;
        lost = new CancellationTokenSource();
        await before.CancelAsync();
    }

    internal override async Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken)
    {
        var mine = free.Task;
        Waited.TrySetResult();
        await mine.WaitAsync(cancellationToken);
        return new Ownership(await base.OwnAsync(holder, cancellationToken), lost.Token);
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        lost.Dispose();
        return base.DisposeAsync();
    }

    private sealed class Ownership(StoreOwnership inner, CancellationToken lost) : StoreOwnership
    {
        public override long Epoch => inner.Epoch;

        public override CancellationToken Lost => lost;

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
