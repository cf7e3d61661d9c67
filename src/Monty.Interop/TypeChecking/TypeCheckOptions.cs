namespace Monty.Interop;

/// <summary>The names that checked code may rely on, and the limits of its check.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record TypeCheckOptions
{
    internal static TypeCheckOptions Default { get; } = new();

    /// <summary>Declarations of the host's functions and names, as in a <c>.pyi</c> file. Default: none.</summary>
    public string? Stubs { get; init; }

    /// <summary>The script's name in the findings. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>The inputs that the code will get. Their names have the types of the values, unless the stubs declare them. Default: none.</summary>
    public IReadOnlyDictionary<string, MontyValue>? Inputs { get; init; }

    /// <summary>The tools that the code may call. A tool that the stubs do not declare is declared by its own stub. Default: none.</summary>
    public IReadOnlyCollection<MontyTool> Tools { get; init; } = [];

    /// <summary>The limits of the check. Default: null, the pool's limits (<see cref="MontyPoolOptions.TypeCheckLimits"/>).</summary>
    public TypeCheckLimits? Limits { get; init; }

    /// <summary>The caller on whose behalf the code is checked, such as a tenant. Default: null.</summary>
    /// <remarks>
    /// Checks wait for one of the pool's few type checkers. Callers take turns, and where there are two checkers or more, the checks of one
    /// caller never hold all of them. So the checks of one caller do not hold up those of another beyond one turn. Checks without a caller
    /// count as those of one more caller, which may use all checkers.
    /// </remarks>
    public string? Caller { get; init; }
}
