using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>What came of one fixture.</summary>
internal sealed record FixtureResult
{
    public required Fixture Fixture { get; init; }

    public required FixtureStatus Status { get; init; }

    /// <summary>The value of the last feed, or null when it has none.</summary>
    public MontyValue? Value { get; init; }

    /// <summary>What the last feed raised, or as a <c>TypingError</c> what the type check found; null when it ran to its end.</summary>
    public PythonError? Error { get; init; }

    /// <summary>The checks that failed, for people.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public TimeSpan Duration { get; init; }
}

/// <summary>How a fixture went; the first three are as it should be.</summary>
internal enum FixtureStatus
{
    /// <summary>Every check held.</summary>
    Passed,

    /// <summary>It did not run, for a reason.</summary>
    Skipped,

    /// <summary>It is a known gap, and it failed.</summary>
    ExpectedFailure,

    /// <summary>A check failed.</summary>
    Failed,

    /// <summary>It is a known gap, and it passed: the gap is closed.</summary>
    UnexpectedPass,
}
