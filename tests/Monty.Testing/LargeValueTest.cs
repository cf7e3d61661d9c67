namespace Monty.Testing;

/// <summary>A test that holds hundreds of megabytes, and leaves none of it to the next one: the memory of a build machine is limited.</summary>
public abstract class LargeValueTest : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the test held.</summary>
    protected virtual void Dispose(bool disposing) =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
