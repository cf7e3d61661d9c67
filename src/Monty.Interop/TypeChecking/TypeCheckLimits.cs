using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The limits of one type check. A check that needs more is stopped, and its report says so (<see cref="TypeCheckReport.Failure"/>).</summary>
/// <remarks>Immutable and thread-safe. Every limit has a default, so that no check is unbounded.</remarks>
public sealed record TypeCheckLimits
{
    /// <summary>The maximum duration of the check by the host's clock, without the wait for a free checker. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum size of the checker's heap in bytes, in addition to the 32 MiB that the runtime grants every check. Default: 128 MiB.</summary>
    public long MaxMemoryBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>The maximum number of findings in a report (<see cref="TypeCheckReport.OmittedFindings"/>). Default: 200.</summary>
    public int MaxFindings { get; init; } = 200;

    /// <summary>The maximum length of the checked code, in UTF-16 characters. Default: 1,048,576.</summary>
    public int MaxCodeLength { get; init; } = 1024 * 1024;

    /// <summary>Returns these limits, lowered to the given time and memory.</summary>
    internal TypeCheckLimits LoweredTo(TimeSpan? timeout, long? maxMemoryBytes) =>
        this with
        {
            Timeout = timeout < Timeout ? timeout.Value : Timeout,
            MaxMemoryBytes = maxMemoryBytes < MaxMemoryBytes ? maxMemoryBytes.Value : MaxMemoryBytes,
        };

    internal void Validate()
    {
        Timeouts.Check(Timeout, "TypeCheckLimits.Timeout");
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMemoryBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFindings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCodeLength);
    }
}
