namespace Monty.Actors;

/// <summary>The right of one engine to a store. Disposing it gives the right up.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class StoreOwnership : IAsyncDisposable
{
    /// <summary>The epoch of the owner, higher than that of every owner before.</summary>
    public abstract long Epoch { get; }

    /// <summary>Cancelled when the right is lost, for example with the connection that held it. Appends are fenced by the epoch in any case.</summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>Gives the right up, so that another engine may take it.</summary>
    public abstract ValueTask DisposeAsync();
}
