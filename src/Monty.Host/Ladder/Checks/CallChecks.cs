using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of the calls to the host.</summary>
internal static class CallChecks
{
    /// <param name="expected">What the fixture says.</param>
    /// <param name="calls">The calls of functions and methods that were served.</param>
    /// <param name="callIds">Their ids and those of the OS calls.</param>
    public static IEnumerable<string> Check(ExpectedCalls expected, IReadOnlyList<MontyFunctionCall> calls, IReadOnlyList<uint> callIds)
    {
        var isAboutFirst = expected with { CallIdsAreDistinct = null } != new ExpectedCalls();
        var problems =
            !isAboutFirst ? []
            : calls.Count > 0 ? CheckFirst(expected, calls[0])
            : ["a call was expected, and none was made"];
        foreach (var problem in problems)
        {
            yield return problem;
        }

        if (expected.CallIdsAreDistinct is { } distinct && (callIds.Count < 2 || callIds.Distinct().Count() == callIds.Count != distinct))
        {
            yield return $"expectedDistinctCallIds: the ids are {string.Join(", ", callIds)}";
        }
    }

    private static IEnumerable<string> CheckFirst(ExpectedCalls expected, MontyFunctionCall call)
    {
        var shown = Shown.Format(call.Display());
        if (expected.Name is { } name && name != call.Name)
        {
            yield return $"expectedFnName: {shown}, not {name}";
        }

        if (expected.Arguments is { } arguments && !AreMatch(arguments, call.Arguments))
        {
            yield return $"expectedArgs: {shown}";
        }

        if (expected.Keywords is { } keywords && !AreMatch(keywords, call.Keywords))
        {
            yield return $"expectedKwargs: {shown}";
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

    private static bool AreMatch(IReadOnlyList<MontyValue> expected, EquatableArray<MontyValue> found) =>
        expected.Count == found.Count && expected.Zip(found).All(pair => ValueMatch.IsMatch(pair.First, pair.Second));

    private static bool AreMatch(
        IReadOnlyList<KeyValuePair<string, MontyValue>> expected,
        EquatableArray<KeyValuePair<string, MontyValue>> found
    ) =>
        expected.Count == found.Count
        && expected.Zip(found).All(pair => pair.First.Key == pair.Second.Key && ValueMatch.IsMatch(pair.First.Value, pair.Second.Value));
}
