namespace Monty.Interop;

/// <summary>The options of a session's type checks. Each feed is checked together with the sources of the feeds before it, so that it can use their definitions.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Sources are remembered up to 64 Ki characters, except those whose names were bound again since. Of older
/// feeds, only the names are known. Of a feed that failed, only the statements that completed are known. Dumps contain all of this.</para>
/// <para>The feed's tools are declared by their stubs, its inputs and names by the types of their values, unless <see cref="Stubs"/> declare them.</para>
/// <para>A check has the pool's limits (<see cref="MontyPoolOptions.TypeCheckLimits"/>), lowered to the session's own:
/// <see cref="SessionOptions.TurnTimeout"/>, else ten seconds more than what is left of <see cref="MontyLimits.MaxDuration"/>; and
/// <see cref="MontyLimits.MaxMemoryBytes"/>. A check that needs more refuses the feed, and the session is unchanged.</para>
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
    /// The rules of the checker whose findings refuse a feed even when the checker reports them as warnings or information. Default: null, which means <c>unused-awaitable</c>
    /// for a feed that may call an asynchronous tool with effects (<see cref="MontyTool.IsReadOnly"/>), because a call that is not awaited does nothing. With an empty set, only
    /// errors refuse a feed.
    /// </summary>
    public IReadOnlySet<string>? ErrorRules { get; init; }

    /// <summary>Returns true when a feed with these findings must not run.</summary>
    /// <param name="report">The findings.</param>
    /// <param name="awaitsEffects">True when the feed may call an asynchronous tool with effects.</param>
    internal bool Refuses(TypeCheckReport report, bool awaitsEffects) =>
        report.HasErrors || report.Diagnostics.Any(d => ErrorRules?.Contains(d.Rule) ?? (awaitsEffects && d.Rule == "unused-awaitable"));
}
