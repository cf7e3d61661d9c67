using System.Numerics;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>The arguments of the calls that a case of a tools file answers.</summary>
/// <param name="Positional">All positional arguments, in order.</param>
/// <param name="Keywords">All keyword arguments.</param>
internal sealed record ExpectedArguments(EquatableArray<MontyValue> Positional, IReadOnlyDictionary<string, MontyValue> Keywords)
{
    public bool Match(MontyFunctionCall call) =>
        AreEqual(Positional, call.Arguments)
        && call.Keywords.Count == Keywords.Count
        && call.Keywords.All(k => Keywords.TryGetValue(k.Key, out var expected) && IsEqual(expected, k.Value));

    /// <summary>Compares like Python's <c>==</c>: 1 equals 1.0 and True, and the order of a dict does not matter.</summary>
    /// <remarks><see cref="MontyValue.Equals(MontyValue)"/> is stricter: values of different kinds are never equal.</remarks>
    private static bool IsEqual(MontyValue left, MontyValue right) =>
        (left, right) switch
        {
            (MontyList a, MontyList b) => AreEqual(a.Items, b.Items),
            (MontyTuple a, MontyTuple b) => AreEqual(a.Items, b.Items),
            (MontyDict a, MontyDict b) => AreEqual(a, b),
            _ when AsInteger(left) is { } a && AsInteger(right) is { } b => a == b,
            (MontyFloat a, _) when AsInteger(right) is { } b => IsWhole(a.Value, b),
            (_, MontyFloat b) when AsInteger(left) is { } a => IsWhole(b.Value, a),
            (MontyFloat a, MontyFloat b) => a.Value == b.Value,
            _ => left.Equals(right),
        };

    private static bool AreEqual(EquatableArray<MontyValue> left, EquatableArray<MontyValue> right) =>
        left.Count == right.Count && left.Zip(right).All(p => IsEqual(p.First, p.Second));

    private static bool AreEqual(MontyDict left, MontyDict right) =>
        left.Pairs.Count == right.Pairs.Count
        && left.Pairs.All(p => right.Pairs.Any(q => IsEqual(p.Key, q.Key) && IsEqual(p.Value, q.Value)));

    private static BigInteger? AsInteger(MontyValue value) =>
        value switch
        {
            MontyInt number => number.Value,
            MontyBool flag => flag.Value ? 1 : 0,
            _ => null,
        };

    private static bool IsWhole(double number, BigInteger integer) => double.IsInteger(number) && new BigInteger(number) == integer;
}
