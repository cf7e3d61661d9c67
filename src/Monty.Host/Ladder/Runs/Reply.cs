using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>The reaction of a fixture's host to a suspension: an answer, or a problem that makes the fixture fail.</summary>
/// <param name="Answer">The answer, or null if there is a problem.</param>
/// <param name="Problem">The reason why there is no answer, or null.</param>
internal readonly record struct Reply(MontyAnswer? Answer, string? Problem)
{
    public static Reply From(MontyAnswer answer) => new(answer, null);

    public static Reply CannotAnswer(string problem) => new(null, problem);
}
