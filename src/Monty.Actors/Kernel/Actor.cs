namespace Monty.Actors;

/// <summary>Something that handles one message at a time, in the order they came, with state that nobody else touches.</summary>
/// <remarks>
/// <para>Thread-safe from outside. The mailbox is bounded: a sender waits where it is full. It runs on the thread pool and only while it has
/// messages: idle, it is a few hundred bytes.</para>
/// <para>It ends when it is stopped (what is in the mailbox is handled first), killed (what is there is dropped), or when handling throws: it never
/// goes on with a state that an exception left behind. Whoever supervises it awaits <see cref="Completion"/>.</para>
/// </remarks>
/// <typeparam name="TMessage">What it is sent.</typeparam>
internal abstract class Actor<TMessage> : IThreadPoolWorkItem
{
    /// <summary>After so many messages in a row it lets others run.</summary>
    private const int MessagesInARow = 256;

    private readonly Mailbox<TMessage> mailbox;
    private TaskCompletionSource? completion;
    private CancellationTokenSource? kill;

    /// <param name="capacity">How many messages wait before senders do.</param>
    protected Actor(int capacity) => mailbox = new Mailbox<TMessage>(capacity);

    /// <summary>Completes when it has ended; faulted with what handling threw.</summary>
    public Task Completion => CompletionSource.Task;

    /// <summary>True when it takes no more messages: it ended, or is about to.</summary>
    public bool IsEnding => mailbox.IsClosed;

    /// <summary>Cancelled when it is killed; handling should end then.</summary>
    protected CancellationToken Killed => KillSource.Token;

    private TaskCompletionSource CompletionSource =>
        LazyInitializer.EnsureInitialized(
            ref completion,
            static () => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );

    private CancellationTokenSource KillSource => LazyInitializer.EnsureInitialized(ref kill, static () => new CancellationTokenSource());

    private bool IsKilled => Volatile.Read(ref kill) is { IsCancellationRequested: true };

    /// <summary>Sends a message, waiting while the mailbox is full.</summary>
    /// <returns>False when it takes no more messages: it ended, or is about to.</returns>
    public ValueTask<bool> SendAsync(TMessage message, CancellationToken cancellationToken) =>
        TrySend(message) ? new ValueTask<bool>(true) : mailbox.AddAsync(message, Run, cancellationToken);

    /// <summary>Sends a message if there is room and nobody waits for it.</summary>
    public bool TrySend(TMessage message)
    {
        var sent = mailbox.TryAdd(message, out var mustRead);
        if (mustRead)
        {
            Run();
        }

        return sent;
    }

    /// <summary>Takes no more messages, handles those it has, and ends.</summary>
    public Task StopAsync()
    {
        if (mailbox.Close())
        {
            Run();
        }

        return Completion;
    }

    /// <summary>Takes no more messages, drops those it has, cancels what it does, and ends.</summary>
    /// <exception cref="AggregateException">What registered with <see cref="Killed"/> threw; the actor has ended all the same.</exception>
    public async Task KillAsync()
    {
        var cancelling = KillSource.CancelAsync();
        await StopAsync().ConfigureAwait(false);
        await cancelling.ConfigureAwait(false);
    }

    void IThreadPoolWorkItem.Execute() => _ = ReadAsync();

    /// <summary>Handles one message.</summary>
    protected abstract ValueTask ReceiveAsync(TMessage message);

    /// <summary>Told of a message that will not be handled, so that whoever waits for a reply hears of it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="failure">What ended the actor; null when it was killed.</param>
    protected virtual void Drop(TMessage message, Exception? failure) { }

    /// <summary>Runs once at the end, after the last message and before <see cref="Completion"/>.</summary>
    protected virtual ValueTask EndAsync(Exception? failure) => ValueTask.CompletedTask;

    /// <summary>Ends after the message that is being handled, unless others wait by now: those may be what it is needed for.</summary>
    protected void StopIfIdle() => mailbox.CloseIfEmpty();

    /// <summary>True to be served in the order in which senders sent to several of its kind; false, which is faster, where a thread may serve last whom it sent to first.</summary>
    protected virtual bool WaitsItsTurn => false;

    private void Run() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: !WaitsItsTurn);

    private async Task ReadAsync()
    {
        Exception? failure = null;
        var isOver = false;
        try
        {
            for (var left = MessagesInARow; ; left--)
            {
                if (left == 0)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                if (IsKilled)
                {
                    break;
                }

                if (mailbox.TryTake(out var message, out isOver))
                {
                    await ReceiveAsync(message!).ConfigureAwait(false);
                }
                else if (isOver)
                {
                    break;
                }
                else
                {
                    return;
                }
            }
        }
#pragma warning disable CA1031 // Whatever handling throws ends this actor and is what its supervisor sees.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception is OperationCanceledException && IsKilled ? null : exception;
        }

        mailbox.Close();
        while (mailbox.TryTake(out var message, out isOver))
        {
            Drop(message!, failure);
        }

        await CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task CompleteAsync(Exception? failure)
    {
        try
        {
            await EndAsync(failure).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The first failure is the one that counts; one at the end counts when there was none.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure ??= exception;
        }

        if (failure is null)
        {
            CompletionSource.SetResult();
        }
        else
        {
            CompletionSource.SetException(failure);
        }
    }
}
