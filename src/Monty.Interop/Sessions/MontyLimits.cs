using Monty.Interop.Sessions;

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
    /// <remarks>Polled by the runtime: one native operation can overshoot it by more than a second.
    /// Once hit, every later feed of the session fails too; <see cref="MaxFeedDuration"/> limits each feed on its own. The error names the line where the
    /// code was, unless a dump of the session takes more than 256 KiB.
    /// </remarks>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>
    /// How long the code of one feed may run, by the host's clock and without its waits for the host. The feed then ends with <c>TimeoutError</c>
    /// at the line where its code was, and the session is as it was before the feed, ready for the next one. Default: no limit.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A feed that waits for an answer when the time has passed ends there, and keeps what it has bound. Any other feed is stopped by killing its
    /// worker. What it has bound is then lost, and what its tools have done outside is not undone.
    /// </para>
    /// <para>
    /// The session is dumped before each feed, which takes 10 ms for each 400 kB of its state. The line is found by running the feed again,
    /// with the answers it was given, on a worker that then serves the session. That takes as long as the limit again, and 10 s at most, or twice
    /// as long for a feed that is in one long operation. It is left out where the answers take more than 16 MiB.
    /// </para>
    /// </remarks>
    public TimeSpan? MaxFeedDuration { get; init; }

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
        if (MaxFeedDuration is { } feed)
        {
            Timeouts.Check(feed, nameof(MaxFeedDuration), "; leave it null for no limit");
        }

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
