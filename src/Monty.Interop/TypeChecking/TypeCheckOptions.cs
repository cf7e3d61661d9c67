namespace Monty.Interop;

/// <summary>What the checked code may rely on.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record TypeCheckOptions
{
    internal static TypeCheckOptions Default { get; } = new();

    /// <summary>Declarations of the host's functions and names, as in a <c>.pyi</c> file. Default: none.</summary>
    public string? Stubs { get; init; }

    /// <summary>The script's name in the findings. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>Values that the code will get as inputs: their names are known with the types of the values, unless the stubs declare them. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Inputs { get; init; }

    /// <summary>Tools that the code may call: those that the stubs do not declare are declared as they are registered. Default: none.</summary>
    public IReadOnlyCollection<MontyTool> Tools { get; init; } = [];
}
