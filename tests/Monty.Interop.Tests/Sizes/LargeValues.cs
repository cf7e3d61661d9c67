using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Tests that use hundreds of megabytes. They run one at a time, because the memory of a build machine is limited.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeValues
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "Large values";
}
