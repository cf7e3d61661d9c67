using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>One conformance case: a script, the answers of its host, and the expected results. docs/how-to/ladder.md lists the fields.</summary>
internal sealed record Fixture
{
    public required int Id { get; init; }

    public required int Tier { get; init; }

    public required string Name { get; init; }

    /// <summary>The reason why the fixture is skipped, such as an unknown field. Null if it runs.</summary>
    public string? Skip { get; init; }

    /// <summary>A known gap of the runtime, which makes the fixture fail. Null if it must pass.</summary>
    public string? Xfail { get; init; }

    public required string ScriptName { get; init; }

    public required MontyLimits Limits { get; init; }

    /// <summary>The inputs of the first feed, including host objects.</summary>
    public required IReadOnlyDictionary<string, MontyValue> Inputs { get; init; }

    /// <summary>The functions, objects and answers of the host.</summary>
    public required HostScript Host { get; init; }

    /// <summary>The feeds of one session, in order: a single feed, or those of <c>replSteps</c>.</summary>
    public required IReadOnlyList<FixtureStep> Steps { get; init; }

    /// <summary>The type check before a single feed, or null.</summary>
    public ExpectedTypeCheck? TypeCheck { get; init; }

    /// <summary>The expected calls of the whole session.</summary>
    public required ExpectedCalls Calls { get; init; }

    /// <summary>The lines that the whole session must print, or null if they are not checked.</summary>
    public IReadOnlyList<string>? PrintLines { get; init; }
}

/// <summary>One feed and its expected result.</summary>
internal sealed record FixtureStep
{
    public required string Code { get; init; }

    /// <summary>True to dump the session before the feed and load it in another worker.</summary>
    public bool Snapshot { get; init; }

    /// <summary>The expected completeness of the source. Incomplete source is not fed. Null if the completeness is not checked.</summary>
    public Continuation? Continuation { get; init; }

    public required ExpectedValue Value { get; init; }

    public required ExpectedError Error { get; init; }
}
