namespace Monty.Actors.Turns;

/// <summary>Holds the first turn after a recovery on its thread, until the session has stored that the turn starts.</summary>
/// <remarks>
/// Thread-safe. A turn that ends the process must be counted, but a turn that only waited for a thread when another one ended the process must not. The thread
/// is blocked for one append.
/// </remarks>
/// <param name="reached">Called once, when the turn has a thread.</param>
internal sealed class TurnGate(Action reached)
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isReached;

    /// <summary>Lets the turn start.</summary>
    public void Open() => opened.TrySetResult();

    /// <summary>Waits until the gate is open.</summary>
    /// <exception cref="OperationCanceledException">The turn was canceled.</exception>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isReached, 1) == 0)
        {
            reached();
        }

        return opened.Task.WaitAsync(cancellationToken);
    }
}
