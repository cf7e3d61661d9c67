namespace Monty.Interop;

/// <summary>How a session checks the types of its feeds. Each is checked over the source of the feeds before it, so that later ones know what earlier ones defined.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. The sources are remembered up to 64 Ki characters, without those whose names were bound again since; of the
/// oldest beyond that only the names are known. Of a feed that failed the statements that ran to their end are known. Dumps carry all of it.</para>
/// <para>The feed's tools are declared by their stubs, its inputs and names by the types of their values, unless <see cref="Stubs"/> declare them.</para>
/// </remarks>
public sealed record SessionTypeCheck
{
    /// <summary>Declarations of the host's functions and names, as in a <c>.pyi</c> file. Default: none.</summary>
    public string? Stubs { get; init; }

    /// <summary>True to check only when <see cref="MontySession.CheckTypesAsync"/> is called, and to let every feed run. Default: false, a feed with errors does not run.</summary>
    public bool OnlyOnDemand { get; init; }
}
