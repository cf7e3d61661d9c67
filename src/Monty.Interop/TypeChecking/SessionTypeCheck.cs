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

    /// <summary>
    /// The rules of the checker whose findings refuse a feed even where the checker calls them warnings or information. Default: null, <c>unused-awaitable</c> for a feed that may
    /// call an asynchronous tool with an effect (<see cref="MontyTool.IsReadOnly"/>), as nothing happens where such a call is not awaited. An empty set leaves all to the checker.
    /// </summary>
    public IReadOnlySet<string>? ErrorRules { get; init; }

    /// <summary>Says whether a feed with these findings must not run.</summary>
    /// <param name="report">The findings.</param>
    /// <param name="awaitsEffects">True when the feed may call an asynchronous tool with an effect.</param>
    internal bool Refuses(TypeCheckReport report, bool awaitsEffects) =>
        report.HasErrors || report.Diagnostics.Any(d => ErrorRules?.Contains(d.Rule) ?? (awaitsEffects && d.Rule == "unused-awaitable"));
}
