using Monty.Host.Cli.Input;

namespace Monty.Host.Cli;

/// <summary>The validated options of one <c>run</c>.</summary>
internal sealed record RunRequest
{
    public required ScriptSource Source { get; init; }

    /// <summary>The name of the script in tracebacks and type check diagnostics.</summary>
    public required string ScriptName { get; init; }

    public required HostSetup Setup { get; init; }
}
