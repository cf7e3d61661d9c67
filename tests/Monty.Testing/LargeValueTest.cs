namespace Monty.Testing;

/// <summary>The base class of tests that use hundreds of megabytes. It frees them after each test, because the memory of a build machine is limited.</summary>
public abstract class LargeValueTest : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory of the test.</summary>
    protected virtual void Dispose(bool disposing) =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
