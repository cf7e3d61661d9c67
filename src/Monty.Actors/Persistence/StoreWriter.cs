using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Monty.Actors.Persistence;

/// <summary>Groups the changes of many sessions into commits. Changes that arrive while a commit runs are written together by the next one.</summary>
/// <remarks>
/// Thread-safe. One thread commits, because a commit blocks on the disk most of the time and must not block a thread of the thread pool. Changes are written
/// in the order in which they were enqueued. If a commit fails, all of its changes fail. If the database refused one change, each is committed separately.
/// </remarks>
internal sealed class StoreWriter : IAsyncDisposable
{
    private readonly SessionStore store;
    private readonly Channel<PendingWrite> queue;
    private readonly ConcurrentDictionary<string, Task> lastWrites = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isStarted;

    public StoreWriter(SessionStore store)
    {
        this.store = store;
        queue = Channel.CreateUnbounded<PendingWrite>(new UnboundedChannelOptions { SingleReader = true });
    }

    /// <summary>Enqueues a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="completed">Called on the writer's thread after the commit, with null or with the failure.</param>
    public void Enqueue(ChangeWrite change, Action<ChangeWrite, SessionStoreException?> completed)
    {
        var write = new PendingWrite(change, completed);
        lastWrites[change.PersistenceId] = write.Over.Task;
        if (!queue.Writer.TryWrite(write))
        {
            Complete(write, new SessionStoreException("Writing to the store failed: the store is closed."));
            return;
        }

        if (Volatile.Read(ref isStarted) == 0 && Interlocked.Exchange(ref isStarted, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "Monty store" }.UnsafeStart();
        }
    }

    /// <summary>Returns a task that completes when the changes of a session that were enqueued before are written or have failed.</summary>
    public Task WhenWritten(string persistenceId) => lastWrites.TryGetValue(persistenceId, out var last) ? last : Task.CompletedTask;

    /// <summary>Stops accepting changes, commits those that are enqueued, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (Interlocked.Exchange(ref isStarted, 1) == 1)
        {
            await ended.Task.ConfigureAwait(false);
        }
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            var bytes = 0L;
            while (
                batch.Count < store.Options.MaxCommitWrites && bytes < store.Options.MaxCommitBytes && queue.Reader.TryRead(out var write)
            )
            {
                batch.Add(write);
                bytes += write.Change.Row.Payload.Length;
            }

            Commit(batch);
            batch.Clear();
        }

        ended.SetResult();
    }

    private void Commit(List<PendingWrite> batch)
    {
        try
        {
            store.Write(batch.ConvertAll(w => w.Change));
        }
        catch (Exception refused) when (batch.Count > 1 && (refused is ChangeRefusedException || IsOfTheContent(refused)))
        {
            foreach (var write in batch)
            {
                Commit([write]);
            }

            return;
        }
#pragma warning disable CA1031 // Any failure is reported to the sessions of the commit, and the thread continues with the next commit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure =
                exception as SessionStoreException
                ?? (
                    IsOfTheContent(exception)
                        ? new ChangeRefusedException($"the database driver cannot write it ({exception.GetType().Name}).", exception)
                        : null
                )
                ?? new SessionStoreException(
                    "A commit to the store failed with an unexpected exception. It is unknown whether its changes were written.",
                    exception
                );
            foreach (var write in batch)
            {
                Complete(write, failure);
            }

            return;
        }

        foreach (var write in batch)
        {
            Complete(write, null);
        }
    }

    /// <summary>Returns true for exceptions that a driver throws for a value that it cannot send. Nothing was written then.</summary>
    private static bool IsOfTheContent(Exception exception) =>
        exception is ArgumentException or FormatException or InvalidCastException or OverflowException;

    private void Complete(PendingWrite write, SessionStoreException? failure)
    {
        lastWrites.TryRemove(KeyValuePair.Create(write.Change.PersistenceId, (Task)write.Over.Task));
        write.Completed(write.Change, failure);
        write.Over.SetResult();
    }

    private sealed record PendingWrite(ChangeWrite Change, Action<ChangeWrite, SessionStoreException?> Completed)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
