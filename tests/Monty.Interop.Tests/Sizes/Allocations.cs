using Shouldly;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Measures the memory that a refusal takes: a size is known without anything of that size.</summary>
internal static class Allocations
{
    /// <summary>Buffers, messages and what the runtime itself needs at a first call.</summary>
    public const long Little = 4_000_000;

    /// <summary>Calls what must be refused for its size, on this thread.</summary>
    /// <param name="refused">What is refused.</param>
    /// <param name="most">The most bytes that it may allocate.</param>
    public static MontySizeException OfRefusal(Action refused, long most = Little)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Should.Throw<MontySizeException>(refused);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(most);
        return exception;
    }

    /// <inheritdoc cref="OfRefusal(Action, long)"/>
    public static MontySizeException OfRefusal(Func<object?> refused, long most = Little) =>
        OfRefusal(
            () =>
            {
                _ = refused();
            },
            most
        );
}
