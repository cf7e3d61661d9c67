using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Tests that hold hundreds of megabytes, one at a time and beside no others: the memory of a build machine is limited.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeValues
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Large values";
}

/// <summary>A test of that collection, which leaves no garbage to the next one.</summary>
[Collection(LargeValues.Name)]
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
