using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>What code gets, may call and may use up, read and checked.</summary>
internal sealed record HostSetup
{
    /// <summary>The runtime polls its clock: how long one native operation may overshoot the limit before the worker is killed.</summary>
    public static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);

    public required IReadOnlyDictionary<string, MontyValue> Inputs { get; init; }

    public required IReadOnlyList<CannedTool> Tools { get; init; }

    public required MontyLimits Limits { get; init; }

    /// <summary>The stubs to check the types with, perhaps empty; null for no check.</summary>
    public required string? Stubs { get; init; }

    /// <summary>What the script sees of an operating system; whoever runs it disposes it.</summary>
    public required MontyOs Os { get; init; }

    /// <summary>The runtime's executable, or null to look it up.</summary>
    public required string? RuntimePath { get; init; }

    /// <summary>A pool of the runtime that was named.</summary>
    /// <exception cref="RuntimeMissingException">There is none of this name.</exception>
    public MontyPool OpenPool() =>
        RuntimePath is null || File.Exists(RuntimePath)
            ? new MontyPool(new MontyPoolOptions { RuntimePath = RuntimePath })
            : throw new RuntimeMissingException(
                $"There is no runtime {RuntimePath}, which --runtime names. Correct the path, or leave the option away to take the one that came with the program."
            );
}

/// <summary>The runtime that a person named is not there.</summary>
internal sealed class RuntimeMissingException(string message) : Exception(message);
