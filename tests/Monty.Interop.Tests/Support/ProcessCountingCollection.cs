using Xunit;

namespace Monty.Interop.Tests;

/// <summary>Tests that count the processes and handles of the whole test process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCountingCollection
{
    public const string Name = "Counts processes and handles";
}
