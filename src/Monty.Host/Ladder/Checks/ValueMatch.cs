using System.Runtime.CompilerServices;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Whether a value is what a fixture expects.</summary>
/// <remarks>
/// Kinds must be the same, int and float and bool too, but for a list: JSON's own lists stand for any list, tuple, set or frozenset.
/// Sets and dicts have no order. Instances are compared by class name and fields, not by identity.
/// </remarks>
internal static class ValueMatch
{
    /// <param name="expected">What the fixture says.</param>
    /// <param name="found">What came.</param>
    /// <param name="inAnyOrder">True to look at the outermost items without their order.</param>
    public static bool IsMatch(MontyValue expected, MontyValue found, bool inAnyOrder = false)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return (expected, found) switch
        {
            (MontyList e, MontyList f) => IsMatch(e.Items, f.Items, inAnyOrder),
            (MontyList e, MontyTuple f) => IsMatch(e.Items, f.Items, inAnyOrder),
            (MontyList e, MontySet f) => IsMatch(e.Items, f.Items, inAnyOrder: true),
            (MontyList e, MontyFrozenSet f) => IsMatch(e.Items, f.Items, inAnyOrder: true),
            (MontyTuple e, MontyTuple f) => IsMatch(e.Items, f.Items, inAnyOrder),
            (MontySet e, MontySet f) => IsMatch(e.Items, f.Items, inAnyOrder: true),
            (MontyFrozenSet e, MontyFrozenSet f) => IsMatch(e.Items, f.Items, inAnyOrder: true),
            (MontyDict e, MontyDict f) => Pairing.Exists(
                e.Pairs.AsSpan(),
                f.Pairs.AsSpan(),
                (x, y) => IsMatch(x.Key, y.Key) && IsMatch(x.Value, y.Value)
            ),
            (MontyNamedTuple e, MontyNamedTuple f) => e.Name == f.Name
                && e.Fields.Count == f.Fields.Count
                && e.Fields.Zip(f.Fields).All(p => p.First.Key == p.Second.Key && IsMatch(p.First.Value, p.Second.Value)),
            (MontyInstance e, MontyInstance f) => e.Type.Name == f.Type.Name
                && e.Type.IsDataclass == f.Type.IsDataclass
                && IsMatch(e.Attributes, f.Attributes),
            _ => expected.Equals(found),
        };
    }

    private static bool IsMatch(MontyDict expected, MontyDict found) =>
        expected.Pairs.Count == found.Pairs.Count
        && expected.Pairs.Zip(found.Pairs).All(p => p.First.Key.Equals(p.Second.Key) && IsMatch(p.First.Value, p.Second.Value));

    private static bool IsMatch(EquatableArray<MontyValue> expected, EquatableArray<MontyValue> found, bool inAnyOrder) =>
        expected.Count == found.Count
        && (
            inAnyOrder
                ? Pairing.Exists(expected.AsSpan(), found.AsSpan(), (x, y) => IsMatch(x, y))
                : expected.Zip(found).All(p => IsMatch(p.First, p.Second))
        );
}
