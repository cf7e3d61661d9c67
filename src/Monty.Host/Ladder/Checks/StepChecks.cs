using System.Diagnostics;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of how a feed ended.</summary>
internal static class StepChecks
{
    public static IEnumerable<string> Check(FixtureStep step, ExpectedTypeCheck? typeCheck, MontyProgress end) =>
        end switch
        {
            MontyTypingFailed refused => CheckRefusal(typeCheck, refused),
            _ when typeCheck?.HasErrors == true => ["typeCheckExpected: the type check let the code run"],
            MontyFailed failed when step.Error.IsExpected => ErrorChecks.Check(step.Error, failed.Error),
            MontyFailed failed => [$"it raised {Shown.Format(failed.Error.TypeAndMessage)}"],
            MontyComplete complete when step.Error.IsExpected =>
            [
                $"an error was expected, and its value is {Shown.Format(complete.Value)}",
            ],
            MontyComplete complete => ValueChecks.Check(step.Value, complete.Value),
            _ => throw new UnreachableException(),
        };

    private static IEnumerable<string> CheckRefusal(ExpectedTypeCheck? expected, MontyTypingFailed refused) =>
        expected?.HasErrors != true
            ? [$"typeCheckExpected: the type check refused the code: {Shown.Format(refused.Diagnostics)}"]
            : expected
                .Contains.Where(text => !refused.Diagnostics.Contains(text, StringComparison.Ordinal))
                .Select(text => $"typeCheckExpected: '{text}' is not in the findings: {Shown.Format(refused.Diagnostics)}");
}
