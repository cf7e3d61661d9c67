using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Checks the calls to the host.</summary>
internal static class CallChecks
{
    /// <summary>Returns one message for each expectation that is not met.</summary>
    /// <param name="expected">The expectations of the fixture.</param>
    /// <param name="calls">The answered calls of functions and methods.</param>
    /// <param name="callIds">The ids of these calls and of the OS calls.</param>
    public static IEnumerable<string> Check(ExpectedCalls expected, IReadOnlyList<MontyFunctionCall> calls, IReadOnlyList<uint> callIds)
    {
        var expectsCall = expected with { CallIdsAreDistinct = null } != new ExpectedCalls();
        if (expectsCall && calls.Count == 0)
        {
            yield return "expected a call, but the script made none";
        }
        else if (expectsCall)
        {
            foreach (var problem in CheckFirst(expected, calls[0]))
            {
                yield return problem;
            }
        }

        if (expected.CallIdsAreDistinct is { } distinct && (callIds.Count < 2 || AreDistinct(callIds) != distinct))
        {
            yield return $"expectedDistinctCallIds: the ids are {string.Join(", ", callIds)}";
        }
    }

    private static bool AreDistinct(IReadOnlyList<uint> callIds) => callIds.Distinct().Count() == callIds.Count;

    private static IEnumerable<string> CheckFirst(ExpectedCalls expected, MontyFunctionCall call)
    {
        var actual = Excerpt.Format(call.Display());
        if (expected.Name is { } name && name != call.Name)
        {
            yield return $"expectedFnName: {actual}, not {name}";
        }

        if (expected.Arguments is { } arguments && !AreMatch(arguments, call.Arguments))
        {
            yield return $"expectedArgs: {actual}";
        }

        if (expected.Keywords is { } keywords && !AreMatch(keywords, call.Keywords))
        {
            yield return $"expectedKwargs: {actual}";
        }

        if (expected.IsMethodCall is { } isMethod && isMethod != call.IsMethodCall)
        {
            yield return $"expectedMethodCall: {call.IsMethodCall}";
        }

        if (expected.CallId is { } id && id != call.CallId)
        {
            yield return $"expectedCallId: {call.CallId}, not {id}";
        }

        if (expected.CallIdIsNonZero is { } isNonZero && isNonZero != call.CallId > 0)
        {
            yield return $"expectedCallIdNonZero: {call.CallId}";
        }
    }

    private static bool AreMatch(IReadOnlyList<MontyValue> expected, EquatableArray<MontyValue> actual) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair => ValueMatch.IsMatch(pair.First, pair.Second));

    private static bool AreMatch(
        IReadOnlyList<KeyValuePair<string, MontyValue>> expected,
        EquatableArray<KeyValuePair<string, MontyValue>> actual
    ) =>
        expected.Count == actual.Count
        && expected.Zip(actual).All(pair => pair.First.Key == pair.Second.Key && ValueMatch.IsMatch(pair.First.Value, pair.Second.Value));
}
