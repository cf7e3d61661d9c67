using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Monty.Actors.Persistence;

/// <summary>Lets the changes of many sessions share a commit: those that come while one runs are taken together by the next.</summary>
/// <remarks>
/// Thread-safe. One thread commits, because a commit blocks on the disk most of the time and must not hold a thread of the pool. Changes are written
/// in the order in which they were enqueued. A commit that fails fails every change in it; where one change was refused, each is committed by itself.
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
    /// <param name="completed">Called on the writer's thread once the commit is over: with null, or with what failed.</param>
    public void Enqueue(ChangeWrite change, Action<ChangeWrite, SessionStoreException?> completed)
    {
        var write = new PendingWrite(change, completed);
        lastWrites[change.PersistenceId] = write.Over.Task;
        if (!queue.Writer.TryWrite(write))
        {
            Complete(write, new SessionStoreException("The store is closed."));
            return;
        }

        if (Volatile.Read(ref isStarted) == 0 && Interlocked.Exchange(ref isStarted, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "Monty store" }.UnsafeStart();
        }
    }

    /// <summary>Completes when the changes of a session that were enqueued before are written, or failed.</summary>
    public Task WhenWritten(string persistenceId) => lastWrites.TryGetValue(persistenceId, out var last) ? last : Task.CompletedTask;

    /// <summary>Takes no more changes, commits those that are enqueued, and ends the thread.</summary>
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
        catch (ChangeRefusedException) when (batch.Count > 1)
        {
            foreach (var write in batch)
            {
                Commit([write]);
            }

            return;
        }
#pragma warning disable CA1031 // Whatever went wrong, the writers are told, and the thread goes on with the next commit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure =
                exception as SessionStoreException
                ?? new SessionStoreException(
                    "The commit failed for an unknown reason. Whether its changes were written is unknown.",
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
