using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The limits of a session. Null means the runtime's own default. Zero is a limit like any other number.</summary>
/// <remarks>Immutable and thread-safe. Source: docs/concepts/wire.md, limits.</remarks>
public sealed record MontyLimits
{
    /// <summary>The runtime's defaults: 1000 nested calls, 1000 suspensions, and no limits on time and memory.</summary>
    public static MontyLimits Default { get; } = new();

    /// <summary>No limits on time, memory and suspensions. Recursion keeps the runtime's limit of 1000, because deeper calls may overflow the native stack.</summary>
    public static MontyLimits None { get; } = new() { MaxSuspensions = int.MaxValue };

    /// <summary>The maximum time for executing bytecode, over all feeds together. Waiting for the host and compiling do not count. Default: no limit.</summary>
    /// <remarks>
    /// The runtime polls this limit, so one native operation can exceed it by more than a second. When it is exceeded, every later feed of the session
    /// fails too; <see cref="MaxFeedDuration"/> limits each feed on its own. The error names the line that was running, unless a dump of the session takes
    /// more than 256 KiB.
    /// </remarks>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>
    /// The maximum time for which the code of one feed may run, by the host's clock. Waiting for the host does not count. When it is exceeded, the feed ends
    /// with <c>TimeoutError</c> at the line that was running, and the session is as it was before the feed and accepts another one. Default: no limit.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A feed that waits for an answer when its time is over ends at that point, and the globals that it assigned are kept. Any other feed is stopped by
    /// killing its worker. The globals that it assigned are then lost, but the effects of its tools outside the sandbox remain.
    /// </para>
    /// <para>
    /// The session is dumped before each feed, which takes 10 ms for each 400 kB of its state. If the dump takes more than 256 MiB, the session is lost when
    /// the feed exceeds the limit. To find the line, the feed runs again with the same answers, on a worker that then serves the session. This takes up
    /// to the limit again, but at most 10 seconds, or twice that for a feed that is in one long operation. The line is not searched when the answers take more than 16 MiB, and it is missing when the second
    /// run fails for another reason, for example because it is close to the limit of recursion.
    /// </para>
    /// </remarks>
    public TimeSpan? MaxFeedDuration { get; init; }

    /// <summary>The maximum size of the heap in bytes. Allow for three times the largest value that is sent or received. An empty session takes about 31 kB. Default: no limit.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>The maximum number of nested calls below the module. Do not raise it much: native code would overflow its stack, and the worker would die. Default: 1000.</summary>
    public int? MaxRecursionDepth { get; init; }

    /// <summary>The maximum number of calls, OS calls, name lookups and waits for futures in all feeds together. The client counts them. Default: 1000.</summary>
    public int? MaxSuspensions { get; init; }

    /// <summary>The maximum number of suspensions in one feed. Default: none, and only <see cref="MaxSuspensions"/> applies.</summary>
    public int? MaxSuspensionsPerFeed { get; init; }

    /// <summary>The number of allocations between two runs of the garbage collector. Default: the runtime's own schedule.</summary>
    public long? GcInterval { get; init; }

    /// <summary>Checks the limits. A pool does this before it opens a session; call it to check limits that are stored for later.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is negative, or <see cref="MaxFeedDuration"/> is zero or over 49 days.</exception>
    public void Validate()
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
