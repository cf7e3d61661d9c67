using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>What the host of a fixture does about a suspension: it answers, or it cannot go on.</summary>
/// <param name="Answer">The answer, or null.</param>
/// <param name="Problem">Why there is none; the fixture has failed.</param>
internal readonly record struct Reply(MontyAnswer? Answer, string? Problem)
{
    public static Reply From(MontyAnswer answer) => new(answer, null);

    public static Reply Stuck(string problem) => new(null, problem);
}
