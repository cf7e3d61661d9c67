using System.Diagnostics;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of how a feed ended.</summary>
internal static class StepChecks
{
    public static IEnumerable<string> Of(FixtureStep step, ExpectedTypeCheck? typeCheck, MontyProgress end) =>
        end switch
        {
            TypingFailed refused => OfRefusal(typeCheck, refused),
            _ when typeCheck?.HasErrors == true => ["typeCheckExpected: the type check let the code run"],
            Failed failed when step.Error.IsExpected => ErrorChecks.Of(step.Error, failed.Error),
            Failed failed => [$"it raised {Shown.Of(failed.Error.TypeAndMessage)}"],
            Complete complete when step.Error.IsExpected => [$"an error was expected, and its value is {Shown.Of(complete.Value)}"],
            Complete complete => ValueChecks.Of(step.Value, complete.Value),
            _ => throw new UnreachableException(),
        };

    private static IEnumerable<string> OfRefusal(ExpectedTypeCheck? expected, TypingFailed refused) =>
        expected?.HasErrors != true
            ? [$"typeCheckExpected: the type check refused the code: {Shown.Of(refused.Diagnostics)}"]
            : expected
                .Contains.Where(text => !refused.Diagnostics.Contains(text, StringComparison.Ordinal))
                .Select(text => $"typeCheckExpected: '{text}' is not in the findings: {Shown.Of(refused.Diagnostics)}");
}
