using System.Runtime.CompilerServices;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Compares a value with the value that a fixture expects.</summary>
/// <remarks>
/// Both values must be of the same kind, so an int does not match a float or a bool. The exception is a list: a JSON list matches a list,
/// tuple, set or frozenset. The order of sets and dicts does not matter. Instances are compared by class name and fields, not by identity.
/// </remarks>
internal static class ValueMatch
{
    /// <param name="expected">The value in the fixture.</param>
    /// <param name="actual">The value that the runtime returned.</param>
    /// <param name="ignoreOrder">True to ignore the order of the outermost items.</param>
    public static bool IsMatch(MontyValue expected, MontyValue actual, bool ignoreOrder = false)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return (expected, actual) switch
        {
            (MontyList e, MontyList a) => AreMatch(e.Items, a.Items, ignoreOrder),
            (MontyList e, MontyTuple a) => AreMatch(e.Items, a.Items, ignoreOrder),
            (MontyList e, MontySet a) => AreMatch(e.Items, a.Items, ignoreOrder: true),
            (MontyList e, MontyFrozenSet a) => AreMatch(e.Items, a.Items, ignoreOrder: true),
            (MontyTuple e, MontyTuple a) => AreMatch(e.Items, a.Items, ignoreOrder),
            (MontySet e, MontySet a) => AreMatch(e.Items, a.Items, ignoreOrder: true),
            (MontyFrozenSet e, MontyFrozenSet a) => AreMatch(e.Items, a.Items, ignoreOrder: true),
            (MontyDict e, MontyDict a) => AreMatchInAnyOrder(e, a),
            (MontyNamedTuple e, MontyNamedTuple a) => e.Name == a.Name && AreMatch(e.Fields, a.Fields),
            (MontyInstance e, MontyInstance a) => IsMatch(e, a),
            _ => expected.Equals(actual),
        };
    }

    private static bool IsMatch(MontyInstance expected, MontyInstance actual) =>
        expected.Type.Name == actual.Type.Name
        && expected.Type.IsDataclass == actual.Type.IsDataclass
        && AreMatchInOrder(expected.Attributes, actual.Attributes);

    private static bool AreMatchInAnyOrder(MontyDict expected, MontyDict actual) =>
        Pairing.IsPossible(expected.Pairs.AsSpan(), actual.Pairs.AsSpan(), (e, a) => IsMatch(e.Key, a.Key) && IsMatch(e.Value, a.Value));

    private static bool AreMatchInOrder(MontyDict expected, MontyDict actual) =>
        expected.Pairs.Count == actual.Pairs.Count
        && expected.Pairs.Zip(actual.Pairs).All(p => p.First.Key.Equals(p.Second.Key) && IsMatch(p.First.Value, p.Second.Value));

    private static bool AreMatch(
        EquatableArray<KeyValuePair<string, MontyValue>> expected,
        EquatableArray<KeyValuePair<string, MontyValue>> actual
    ) =>
        expected.Count == actual.Count
        && expected.Zip(actual).All(p => p.First.Key == p.Second.Key && IsMatch(p.First.Value, p.Second.Value));

    private static bool AreMatch(EquatableArray<MontyValue> expected, EquatableArray<MontyValue> actual, bool ignoreOrder)
    {
        if (expected.Count != actual.Count)
        {
            return false;
        }

        return ignoreOrder
            ? Pairing.IsPossible(expected.AsSpan(), actual.AsSpan(), (e, a) => IsMatch(e, a))
            : expected.Zip(actual).All(p => IsMatch(p.First, p.Second));
    }
}
