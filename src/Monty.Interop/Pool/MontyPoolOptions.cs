using Monty.Interop.Sessions;

namespace Monty.Interop;

/// <summary>How a pool finds, starts and keeps its workers.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MontyPoolOptions
{
    /// <summary>The runtime's executable. Default: null, which looks at <c>MONTY_BIN</c>, then the file that came with the program (the package <c>Monty.Runtime.&lt;rid&gt;</c>), then <c>PATH</c>.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>Workers that <see cref="MontyPool.PrewarmAsync"/> starts. Default: 0.</summary>
    public int MinWorkers { get; init; }

    /// <summary>The most workers of sessions at once, about 10 MB each. Default: twice the processors, 4 at least. Type checks have a quarter as many beside them, one at least, which start when they are needed and take about 21 MB each.</summary>
    public int MaxWorkers { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>How long opening a session waits for a worker when all are lent out. Default: 30 seconds.</summary>
    public TimeSpan CheckoutTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new worker may take for its first answer. Default: 30 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Sessions that a worker serves before it is replaced by a fresh one. Default: 10,000.</summary>
    public int MaxCheckoutsPerWorker { get; init; } = 10_000;

    /// <summary>The most memory that the values of one event may take once decoded, estimated before decoding. Past it the worker is given up. Default: 1 GiB.</summary>
    public long MaxDecodedBytes { get; init; } = 1L << 30;

    /// <summary>The key that signs dumps (HMAC-SHA-256); keep it out of logs. Default: empty, dumps carry a plain SHA-256 that finds damage but not forgery.</summary>
    public ReadOnlyMemory<byte> DumpKey { get; init; }

    /// <summary>The clock of every timeout and timeout. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MinWorkers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWorkers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCheckoutsPerWorker);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDecodedBytes);
        Timeouts.Check(CheckoutTimeout, nameof(CheckoutTimeout));
        Timeouts.Check(StartTimeout, nameof(StartTimeout));
        if (MinWorkers > MaxWorkers)
        {
            throw new ArgumentException($"MinWorkers ({MinWorkers}) is over MaxWorkers ({MaxWorkers}). Raise the one or lower the other.");
        }
    }
}
