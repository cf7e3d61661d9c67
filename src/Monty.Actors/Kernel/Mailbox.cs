namespace Monty.Actors;

/// <summary>Messages that wait for one reader, bounded: senders wait where it is full, and are let in in the order they came.</summary>
/// <remarks>Thread-safe for many senders and one reader. Empty, it holds next to nothing (the benchmark <c>actors</c>); a channel of the framework holds several times that.</remarks>
/// <typeparam name="TMessage">A message.</typeparam>
internal sealed class Mailbox<TMessage>(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<TMessage> messages = new();
    private Queue<TaskCompletionSource<bool>>? senders;
    private bool isClosed;
    private bool isRead;

    /// <summary>True when it takes no more messages, and never will.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return isClosed;
            }
        }
    }

    /// <summary>Adds a message if there is room and nobody waits for it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mustRead">True when the caller has to see to it that a reader runs.</param>
    public bool TryAdd(TMessage message, out bool mustRead)
    {
        lock (gate)
        {
            mustRead = false;
            if (isClosed || messages.Count >= capacity || senders is { Count: > 0 })
            {
                return false;
            }

            Add(message, out mustRead);
            return true;
        }
    }

    /// <summary>Adds a message as soon as there is room.</summary>
    /// <param name="message">The message.</param>
    /// <param name="read">Called when the caller has to see to it that a reader runs.</param>
    /// <param name="cancellationToken">Gives up while the message waits for room.</param>
    /// <returns>False when the mailbox is closed.</returns>
    public async ValueTask<bool> AddAsync(TMessage message, Action read, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (isClosed)
            {
                return false;
            }

            if (messages.Count < capacity && senders is null or { Count: 0 })
            {
                mine.SetResult(true);
            }
            else
            {
                (senders ??= new()).Enqueue(mine);
            }
        }

        await using var registration = cancellationToken
            .UnsafeRegister(static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), mine)
            .ConfigureAwait(false);
        if (!await mine.Task.ConfigureAwait(false))
        {
            return false;
        }

        bool mustRead;
        lock (gate)
        {
            if (isClosed)
            {
                return false;
            }

            Add(message, out mustRead); // whoever was let in may exceed the capacity by one
        }

        if (mustRead)
        {
            read();
        }

        return true;
    }

    /// <summary>Takes the next message. When there is none the reader is to end: it is called again for the next one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isOver">True when there is none and will be none: the mailbox is closed.</param>
    public bool TryTake(out TMessage? message, out bool isOver)
    {
        lock (gate)
        {
            var found = messages.TryDequeue(out message);
            while (messages.Count < capacity && senders is { Count: > 0 } && !senders.Dequeue().TrySetResult(true))
            {
                // That one gave up; the next is let in.
            }

            isOver = !found && isClosed;
            isRead = found || isClosed;
            return found;
        }
    }

    /// <summary>Takes no more messages; senders that wait are refused.</summary>
    /// <returns>True when the caller has to see to it that a reader runs.</returns>
    public bool Close()
    {
        lock (gate)
        {
            isClosed = true;
            while (senders is { Count: > 0 })
            {
                senders.Dequeue().TrySetResult(false);
            }

            var mustRead = !isRead;
            isRead = true;
            return mustRead;
        }
    }

    /// <summary>Takes no more messages if none waits, neither here nor for room. For the reader.</summary>
    public void CloseIfEmpty()
    {
        lock (gate)
        {
            isClosed |= messages.Count == 0 && senders is null or { Count: 0 };
        }
    }

    private void Add(TMessage message, out bool mustRead)
    {
        messages.Enqueue(message);
        mustRead = !isRead;
        isRead = true;
    }
}
