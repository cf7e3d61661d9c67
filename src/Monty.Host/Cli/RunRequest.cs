using Monty.Host.Cli.Input;

namespace Monty.Host.Cli;

/// <summary>What one <c>run</c> is to do, read and checked.</summary>
internal sealed record RunRequest
{
    public required ScriptSource Source { get; init; }

    /// <summary>The script's name in tracebacks and findings.</summary>
    public required string ScriptName { get; init; }

    public required HostSetup Setup { get; init; }
}
