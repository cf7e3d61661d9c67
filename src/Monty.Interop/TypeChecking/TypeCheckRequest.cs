using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>Code to check, and the names and earlier feeds that it builds on.</summary>
/// <param name="Code">Python source.</param>
/// <param name="ScriptName">Its name in the findings.</param>
internal sealed record TypeCheckRequest(string Code, string ScriptName)
{
    /// <summary>The names that the host binds before the code runs.</summary>
    public IReadOnlyList<DeclaredName> Names { get; init; } = [];

    /// <summary>The earlier feeds of the session, in their order.</summary>
    public IReadOnlyList<CheckedPart> Earlier { get; init; } = [];

    /// <summary>Declarations of the host's functions and names.</summary>
    public string Stubs { get; init; } = "";

    /// <summary>The caller that the check counts for; null for none.</summary>
    public string? Caller { get; init; }

    /// <summary>The limits of the check; null for the pool's.</summary>
    public TypeCheckLimits? Limits { get; init; }
}
