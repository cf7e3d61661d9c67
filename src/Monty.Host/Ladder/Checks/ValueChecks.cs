using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of a value.</summary>
internal static class ValueChecks
{
    public static IEnumerable<string> Check(ExpectedValue expected, MontyValue value)
    {
        if (expected.Value is { } wanted && !ValueMatch.IsMatch(wanted, value, expected.Sorted))
        {
            yield return $"expected: {Shown.Format(value)}, not {Shown.Format(wanted)}";
        }

        if (
            expected.Contains is { } part
            && !value.ToString().Contains(part, StringComparison.Ordinal)
            && !PythonText.Format(value).Contains(part, StringComparison.Ordinal)
        )
        {
            yield return $"expectedContains: '{part}' is not in {Shown.Format(value)}";
        }

        if (expected.TypeTag is { } tag && ValueKind.GetKind(value) != tag)
        {
            yield return $"expectedTypeTag: {ValueKind.GetKind(value)}, not {tag}";
        }
    }
}
