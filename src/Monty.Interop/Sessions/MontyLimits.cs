namespace Monty.Interop;

/// <summary>What a session may use. Null leaves the runtime's own default; zero is a real limit everywhere.</summary>
/// <remarks>Immutable and thread-safe. Source: docs/concepts/wire.md, limits.</remarks>
public sealed record MontyLimits
{
    /// <summary>The runtime's defaults: 1000 calls deep, 1000 suspensions, no limit on time and memory.</summary>
    public static MontyLimits Default { get; } = new();

    /// <summary>No limit on time, memory and suspensions; recursion keeps the runtime's 1000, past which native code may overflow its stack.</summary>
    public static MontyLimits None { get; } = new() { MaxSuspensions = int.MaxValue };

    /// <summary>How long bytecode may run in all feeds together, without waiting for the host or compiling. Default: no limit.</summary>
    /// <remarks>Polled by the runtime: one native operation can overshoot it by more than a second. Once hit, every later feed of the session fails too.</remarks>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>The heap in bytes. Default: no limit. Plan for three times the largest value that crosses; a bare session takes about 31 kB.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>Nested calls below the module. Default: 1000. Do not raise it much: native code then overflows its stack and the worker dies.</summary>
    public int? MaxRecursionDepth { get; init; }

    /// <summary>Calls, OS calls, name lookups and waits for futures in all feeds together, counted by this client. Default: 1000.</summary>
    public int? MaxSuspensions { get; init; }

    /// <summary>The same within one feed. Default: only <see cref="MaxSuspensions"/> counts.</summary>
    public int? MaxSuspensionsPerFeed { get; init; }

    /// <summary>Allocations between two runs of the garbage collector. Default: the runtime's own schedule.</summary>
    public long? GcInterval { get; init; }

    internal void Validate()
    {
        if (MaxDuration < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxDuration), MaxDuration, "MaxDuration is negative; leave it null for no limit.");
        }

        RequireNotNegative(MaxMemoryBytes, nameof(MaxMemoryBytes));
        RequireNotNegative(MaxRecursionDepth, nameof(MaxRecursionDepth));
        RequireNotNegative(MaxSuspensions, nameof(MaxSuspensions));
        RequireNotNegative(MaxSuspensionsPerFeed, nameof(MaxSuspensionsPerFeed));
        RequireNotNegative(GcInterval, nameof(GcInterval));
    }

    private static void RequireNotNegative(long? value, string name)
    {
        if (value < 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is negative; leave it null for the default.");
        }
    }
}
