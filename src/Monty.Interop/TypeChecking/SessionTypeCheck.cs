namespace Monty.Interop;

/// <summary>How a session checks the types of its feeds. Each is checked over the source of the feeds before it, so that later ones know what earlier ones defined.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Sources are remembered up to 64 Ki characters, without those whose names were bound again since; of older
/// ones only the names are known. Of a feed that failed, the statements that ran to their end are known. Dumps carry all of it.</para>
/// <para>The feed's tools are declared by their stubs, its inputs and names by the types of their values, unless <see cref="Stubs"/> declare them.</para>
/// <para>A check has the pool's limits (<see cref="MontyPoolOptions.TypeCheckLimits"/>), lowered to the session's own:
/// <see cref="SessionOptions.TurnTimeout"/>, else ten seconds more than what is left of <see cref="MontyLimits.MaxDuration"/>; and
/// <see cref="MontyLimits.MaxMemoryBytes"/>. A check that needs more refuses the feed, and the session is as before.</para>
/// </remarks>
public sealed record SessionTypeCheck
{
    /// <summary>Declarations of the host's functions and names, as in a <c>.pyi</c> file. Default: none.</summary>
    public string? Stubs { get; init; }

    /// <summary>True to check only when <see cref="MontySession.CheckTypesAsync"/> is called, and to let every feed run. Default: false, a feed with errors does not run.</summary>
    public bool OnlyOnDemand { get; init; }

    /// <inheritdoc cref="TypeCheckOptions.Caller"/>
    public string? Caller { get; init; }
}
