using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The result of one fixture.</summary>
internal sealed record FixtureResult
{
    public required Fixture Fixture { get; init; }

    public required FixtureStatus Status { get; init; }

    /// <summary>The value of the last feed, or null if it has no value.</summary>
    public MontyValue? Value { get; init; }

    /// <summary>The exception of the last feed, or null if the feed ran to its end.</summary>
    /// <remarks>If the type check found errors, this is a <c>TypingError</c> with the diagnostics.</remarks>
    public PythonError? Error { get; init; }

    /// <summary>One message for each check that failed.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public TimeSpan Duration { get; init; }
}

/// <summary>The status of a fixture. A run is good if it has only the first three.</summary>
internal enum FixtureStatus
{
    /// <summary>All checks passed.</summary>
    Passed,

    /// <summary>The fixture did not run, for the reason in <see cref="Fixture.Skip"/>.</summary>
    Skipped,

    /// <summary>The fixture is a known gap, and it failed as expected.</summary>
    ExpectedFailure,

    /// <summary>A check failed.</summary>
    Failed,

    /// <summary>The fixture is a known gap, but it passed, so the gap is closed.</summary>
    UnexpectedPass,
}
