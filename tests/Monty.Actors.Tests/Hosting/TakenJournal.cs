using Monty.Testing.Journals;

namespace Monty.Actors.Tests.Hosting;

/// <summary>A journal in memory whose store a test takes away and gives back, and on which owners stand by as on PostgreSQL.</summary>
internal sealed class TakenJournal(IJournal inner) : DelegatingJournal(inner)
{
    private TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource lost = new();

    public TaskCompletionSource Waited { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDisposed { get; private set; }

    /// <summary>Lets whoever waits own the store.</summary>
    public TakenJournal Free()
    {
        free.TrySetResult();
        return this;
    }

    /// <summary>Takes the store from its owner; the next one waits for <see cref="Free"/>.</summary>
    public async Task TakeAsync()
    {
        (free, Waited) = (
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        var before = lost;
        lost = new CancellationTokenSource();
        await before.CancelAsync();
    }

    public override async Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default)
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

    private sealed class Ownership(JournalOwnership inner, CancellationToken lost) : JournalOwnership
    {
        public override long Epoch => inner.Epoch;

        public override CancellationToken Lost => lost;

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
