using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>The options of a pool: how it finds, starts and keeps its workers.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MontyPoolOptions
{
    /// <summary>The runtime's executable. Default: null, which looks at <c>MONTY_BIN</c>, then the file that came with the program (the package <c>Monty.Runtime.&lt;rid&gt;</c>), then <c>PATH</c>.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>The number of workers that <see cref="MontyPool.PrewarmAsync"/> starts. Default: 0.</summary>
    public int MinWorkers { get; init; }

    /// <summary>The maximum number of workers for sessions, about 10 MB each. Default: twice the processors, but at least 4.</summary>
    /// <remarks>A quarter as many additional workers check types, but at least one. They start when they are needed and take about 21 MB each.</remarks>
    public int MaxWorkers { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>The maximum time to wait for a free worker when a session is opened, and for a free checker when types are checked. Default: 30 seconds.</summary>
    public TimeSpan CheckoutTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum time until the first answer of a new worker. Default: 30 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of sessions that a worker serves before it is replaced. Default: 10,000.</summary>
    public int MaxCheckoutsPerWorker { get; init; } = 10_000;

    /// <summary>The maximum memory for the decoded values of one event, in bytes, estimated before decoding. A worker that sends more is killed. Default: 1 GiB.</summary>
    public long MaxDecodedBytes { get; init; } = 1L << 30;

    /// <summary>The limits of type checks without limits of their own (<see cref="TypeCheckOptions.Limits"/>). The checks of a session are also bound by its own limits. Default: 10 seconds, 128 MiB, 200 findings.</summary>
    public TypeCheckLimits TypeCheckLimits { get; init; } = new();

    /// <summary>The key that signs dumps (HMAC-SHA-256). Keep it out of logs. Default: empty, and dumps carry a plain SHA-256 that finds damage but not forgery.</summary>
    public ReadOnlyMemory<byte> DumpKey { get; init; }

    /// <summary>The clock of every timeout. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MinWorkers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWorkers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCheckoutsPerWorker);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDecodedBytes);
        ArgumentNullException.ThrowIfNull(TypeCheckLimits);
        TypeCheckLimits.Validate();
        Timeouts.Check(CheckoutTimeout, nameof(CheckoutTimeout));
        Timeouts.Check(StartTimeout, nameof(StartTimeout));
        if (MinWorkers > MaxWorkers)
        {
            throw new ArgumentException(
                $"MinWorkers ({MinWorkers}) is over MaxWorkers ({MaxWorkers}). Raise MaxWorkers or lower MinWorkers."
            );
        }
    }
}
