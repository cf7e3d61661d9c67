using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>One rung of the ladder: what a script is given, and what must come of it. docs/how-to/ladder.md lists the fields.</summary>
internal sealed record Fixture
{
    public required int Id { get; init; }

    public required int Tier { get; init; }

    public required string Name { get; init; }

    /// <summary>Why it does not run, such as a field that this runner does not know; null for one that does.</summary>
    public string? Skip { get; init; }

    /// <summary>A known gap of the runtime: the fixture must fail.</summary>
    public string? Xfail { get; init; }

    public required string ScriptName { get; init; }

    public required MontyLimits Limits { get; init; }

    /// <summary>What the first feed binds, host objects among it.</summary>
    public required IReadOnlyDictionary<string, MontyValue> Inputs { get; init; }

    /// <summary>What the host answers.</summary>
    public required HostScript Host { get; init; }

    /// <summary>The feeds of one session, in order: one, or those of <c>replSteps</c>.</summary>
    public required IReadOnlyList<FixtureStep> Steps { get; init; }

    /// <summary>The type check before the only feed, or null.</summary>
    public ExpectedTypeCheck? TypeCheck { get; init; }

    /// <summary>What the calls of the whole session must carry.</summary>
    public required ExpectedCalls Calls { get; init; }

    /// <summary>The lines that the whole session must print; null for any.</summary>
    public IReadOnlyList<string>? PrintLines { get; init; }
}

/// <summary>One feed and what must come of it.</summary>
internal sealed record FixtureStep
{
    public required string Code { get; init; }

    /// <summary>Whether the session is saved first, and goes on in another worker.</summary>
    public bool Snapshot { get; init; }

    /// <summary>What the source must wait for; code that waits for something is not fed. Null for no look at it.</summary>
    public Continuation? Continuation { get; init; }

    public required ExpectedValue Value { get; init; }

    public required ExpectedError Error { get; init; }
}
