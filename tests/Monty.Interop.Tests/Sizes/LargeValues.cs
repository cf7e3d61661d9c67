using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Tests that hold hundreds of megabytes, one at a time and beside no others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeValues
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Large values";
}
