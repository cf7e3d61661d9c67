using System.Diagnostics;
using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Checks the end of a feed. Returns one message for each expectation that is not met.</summary>
internal static class StepChecks
{
    public static IEnumerable<string> Check(FixtureStep step, ExpectedTypeCheck? typeCheck, MontyProgress end) =>
        end switch
        {
            MontyTypingFailed typingFailed => CheckTypingFailed(typeCheck, typingFailed),
            _ when typeCheck?.HasErrors == true => ["typeCheckExpected: the type check found no errors"],
            MontyFailed failed => CheckFailed(step, failed),
            MontyComplete complete => CheckComplete(step, complete),
            _ => throw new UnreachableException(),
        };

    private static IEnumerable<string> CheckFailed(FixtureStep step, MontyFailed failed) =>
        step.Error.IsExpected
            ? ErrorChecks.Check(step.Error, failed.Error)
            : [$"the code raised {Excerpt.Format(failed.Error.TypeAndMessage)}"];

    private static IEnumerable<string> CheckComplete(FixtureStep step, MontyComplete complete) =>
        step.Error.IsExpected
            ? [$"expected an error, but the code returned {Excerpt.Format(complete.Value)}"]
            : ValueChecks.Check(step.Value, complete.Value);

    private static IEnumerable<string> CheckTypingFailed(ExpectedTypeCheck? expected, MontyTypingFailed typingFailed)
    {
        var diagnostics = typingFailed.Diagnostics;
        if (expected?.HasErrors != true)
        {
            return [$"typeCheckExpected: the type check found errors: {Excerpt.Format(diagnostics)}"];
        }

        return expected
            .Contains.Where(text => !diagnostics.Contains(text, StringComparison.Ordinal))
            .Select(text => $"typeCheckExpected: '{text}' is not in the diagnostics: {Excerpt.Format(diagnostics)}");
    }
}
