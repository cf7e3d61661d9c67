namespace Monty.Actors;

/// <summary>The ownership of a store by one engine. Disposing it releases the store.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class StoreOwnership : IAsyncDisposable
{
    /// <summary>The epoch of the owner. It is higher than that of every earlier owner.</summary>
    public abstract long Epoch { get; }

    /// <summary>
    /// Canceled when the ownership is lost, for example because the connection that held it broke. Appends are fenced by the epoch in any case.
    /// </summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>Releases the store, so that another engine can own it.</summary>
    public abstract ValueTask DisposeAsync();
}
