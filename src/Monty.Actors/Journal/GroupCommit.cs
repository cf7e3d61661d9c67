using System.Threading.Channels;

namespace Monty.Actors.Journal;

/// <summary>What a store does with the writes of one commit.</summary>
internal interface IJournalWriter : IDisposable
{
    /// <summary>Writes all in one transaction, in order, and sets their outcomes.</summary>
    /// <exception cref="WriteRefusedException">One of them is refused, and nothing was written.</exception>
    /// <exception cref="JournalTamperedException">A row that one of them needs cannot be read, and nothing was written.</exception>
    /// <exception cref="JournalException">It failed. The next call starts afresh, on another connection where need be.</exception>
    void Commit(IReadOnlyList<JournalWrite> writes);
}

/// <summary>Lets the writes of many sessions share a commit: those that come while one runs are taken together by the next.</summary>
/// <remarks>
/// Thread-safe. One thread commits, as a commit blocks on the disk most of the time and must not hold a thread of the pool. Writes are taken
/// in the order of the calls. A failed commit fails every write in it, and the writer goes on with the next; where one write was refused, each is
/// committed by itself, so that it fails alone.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly JournalOptions options;
    private readonly IJournalWriter writer;
    private readonly Channel<JournalWrite> queue;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommit(JournalOptions options, IJournalWriter writer)
    {
        (this.options, this.writer) = (options, writer);
        queue = Channel.CreateBounded<JournalWrite>(new BoundedChannelOptions(options.MaxQueuedWrites) { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "Monty journal" }.UnsafeStart();
    }

    /// <summary>Queues a write, waiting for room in the queue, and waits for its commit.</summary>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    public async Task<T> RunAsync<T>(JournalWrite<T> write, CancellationToken cancellationToken)
    {
        try
        {
            await queue.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException("The journal is closed.", innerException: null);
        }

        await using (cancellationToken.UnsafeRegister((_, token) => Cancel(write, token), null).ConfigureAwait(false))
        {
            return await write.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more writes, commits those that are queued, and ends the writer.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await ended.Task.ConfigureAwait(false);
    }

    private static void Cancel(JournalWrite write, CancellationToken cancellationToken)
    {
        if (write.TryTake())
        {
            write.Cancel(cancellationToken);
        }
    }

    private void Run()
    {
        var batch = new List<JournalWrite>();
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (options.CommitDelay > TimeSpan.Zero && queue.Reader.Count < options.MaxCommitWrites)
            {
                Task.Delay(options.CommitDelay, options.TimeProvider).GetAwaiter().GetResult(); // the delay that the options ask for, on their clock; this thread has nothing else to do
            }

            Take(batch);
            if (batch.Count > 0)
            {
                Commit(batch);
            }

            batch.Clear();
        }

        writer.Dispose();
        ended.SetResult();
    }

    private void Take(List<JournalWrite> batch)
    {
        var bytes = 0L;
        while (batch.Count < options.MaxCommitWrites && bytes < options.MaxCommitBytes && queue.Reader.TryRead(out var write))
        {
            if (!write.TryTake())
            {
                continue;
            }

            batch.Add(write);
            bytes += write.Bytes;
        }
    }

    private void Commit(List<JournalWrite> batch)
    {
        try
        {
            writer.Commit(batch);
        }
        catch (JournalException refused) when (refused is WriteRefusedException or JournalTamperedException)
        {
            if (batch.Count == 1)
            {
                batch[0].Fail(refused);
            }
            else
            {
                foreach (var write in batch)
                {
                    Commit([write]);
                }
            }

            return;
        }
#pragma warning disable CA1031 // Whatever went wrong, its callers are told, and the writer lives on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var message =
                exception is JournalException
                    ? exception.Message
                    : "The commit failed in a way that the store does not know. Whether its writes happened is unknown.";
            foreach (var write in batch)
            {
                write.Fail(new JournalException(message, exception));
            }

            return;
        }

        foreach (var write in batch)
        {
            write.Complete();
        }
    }
}
