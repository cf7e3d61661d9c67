using Shouldly;

namespace Monty.Interop.Tests.Sizes;

/// <summary>Measures the memory that a refusal allocates. A value that is too large must be refused before anything of its size is allocated.</summary>
internal static class Allocations
{
    /// <summary>The number of bytes for buffers, messages and the first call of a method.</summary>
    public const long Small = 4_000_000;

    /// <summary>Calls an action that must throw a <see cref="MontySizeException"/> on this thread, and returns the exception.</summary>
    /// <param name="refused">The action.</param>
    /// <param name="max">The maximum number of bytes that the action may allocate.</param>
    public static MontySizeException OfRefusal(Action refused, long max = Small)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Should.Throw<MontySizeException>(refused);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(max);
        return exception;
    }

    /// <inheritdoc cref="OfRefusal(Action, long)"/>
    public static MontySizeException OfRefusal(Func<object?> refused, long max = Small) =>
        OfRefusal(
            () =>
            {
                _ = refused();
            },
            max
        );
}
