namespace Monty.Actors.Journal;

/// <summary>Something to be written with the next commit: queued, then taken by the writer or cancelled, never both.</summary>
internal abstract class JournalWrite(long bytes)
{
    private int taken;

    /// <summary>What it adds to a commit.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>True for the first one who asks: the writer, or the cancellation.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;

    /// <summary>Completes the caller's task with the outcome that the writer set: its commit is durable.</summary>
    public abstract void Complete();

    /// <summary>Fails the caller's task.</summary>
    public abstract void Fail(JournalException exception);

    /// <summary>Cancels the caller's task.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <summary>A write with its outcome, which the writer sets before the commit and the caller sees after it.</summary>
internal abstract class JournalWrite<T>(long bytes) : JournalWrite(bytes)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public T? Outcome { get; set; }

    public Task<T> Task => completion.Task;

    public override void Complete() => completion.SetResult(Outcome!);

    public override void Fail(JournalException exception) => completion.SetException(exception);

    public override void Cancel(CancellationToken cancellationToken) => completion.SetCanceled(cancellationToken);
}

internal sealed class AppendWrite(SessionAppend append) : JournalWrite<AppendResult>(append.Bytes)
{
    public SessionAppend Append { get; } = append;
}

internal sealed class ClaimWrite(SessionId session, long epoch) : JournalWrite<ClaimResult>(0)
{
    public SessionId Session { get; } = session;

    public long Epoch { get; } = epoch;
}
