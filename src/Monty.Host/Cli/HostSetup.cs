using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The validated options of a command that runs code: inputs, tools, limits, the operating system, type check and runtime.</summary>
internal sealed record HostSetup
{
    /// <summary>The time by which one native operation may exceed the time limit before the worker is killed.</summary>
    /// <remarks>The runtime checks the limit only between operations.</remarks>
    public static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);

    public required IReadOnlyDictionary<string, MontyValue> Inputs { get; init; }

    public required IReadOnlyList<CannedTool> Tools { get; init; }

    public required MontyLimits Limits { get; init; }

    /// <summary>The stubs for the type check, which may be empty. Null means no type check.</summary>
    public required string? Stubs { get; init; }

    /// <summary>The files, environment and clock that the script sees. The command that runs the script disposes it.</summary>
    public required MontyOs Os { get; init; }

    /// <summary>The path of the runtime executable, or null to search for it.</summary>
    public required string? RuntimePath { get; init; }

    /// <summary>Creates a pool of workers of this runtime.</summary>
    /// <exception cref="RuntimeMissingException">The file <see cref="RuntimePath"/> does not exist.</exception>
    public MontyPool OpenPool() =>
        RuntimePath is null || File.Exists(RuntimePath)
            ? new MontyPool(new MontyPoolOptions { RuntimePath = RuntimePath })
            : throw new RuntimeMissingException(
                $"The runtime cannot be started: the file {RuntimePath} given with --runtime does not exist. "
                    + "Correct the path, or omit the option to use the runtime shipped with this program."
            );
}

/// <summary>Thrown when the runtime executable named with <c>--runtime</c> does not exist.</summary>
internal sealed class RuntimeMissingException(string message) : Exception(message);
