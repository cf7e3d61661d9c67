using Monty.Host.Cli.Input;
using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>What one <c>run</c> is to do, read and checked.</summary>
internal sealed record RunRequest
{
    public required ScriptSource Source { get; init; }

    /// <summary>The script's name in tracebacks and findings.</summary>
    public required string ScriptName { get; init; }

    public required IReadOnlyDictionary<string, MontyValue> Inputs { get; init; }

    public required IReadOnlyList<CannedTool> Tools { get; init; }

    public required MontyLimits Limits { get; init; }

    /// <summary>The stubs to check the types with, perhaps empty; null for no check.</summary>
    public required string? Stubs { get; init; }

    /// <summary>What the script sees of an operating system; whoever runs it disposes it.</summary>
    public required MontyOs Os { get; init; }

    /// <summary>The runtime's executable, or null to look it up.</summary>
    public required string? RuntimePath { get; init; }
}
