namespace Monty.Actors;

/// <summary>The right of one engine to a store; disposing it gives the right up.</summary>
/// <remarks>Thread-safe.</remarks>
public abstract class JournalOwnership : IAsyncDisposable
{
    /// <summary>The owner's epoch, higher than that of every owner before.</summary>
    public abstract long Epoch { get; }

    /// <summary>Cancelled when the right is lost, such as with the connection that held it: the engine stops then. Appends are fenced by the epoch in any case.</summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>Gives the right up, so that another engine may take it.</summary>
    public abstract ValueTask DisposeAsync();
}
