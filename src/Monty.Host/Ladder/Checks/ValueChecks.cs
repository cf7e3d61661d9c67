using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of a value.</summary>
internal static class ValueChecks
{
    public static IEnumerable<string> Of(ExpectedValue expected, MontyValue value)
    {
        if (expected.Value is { } wanted && !ValueMatch.IsMatch(wanted, value, expected.Sorted))
        {
            yield return $"expected: {Shown.Of(value)}, not {Shown.Of(wanted)}";
        }

        if (
            expected.Contains is { } part
            && !value.ToString().Contains(part, StringComparison.Ordinal)
            && !PythonText.Of(value).Contains(part, StringComparison.Ordinal)
        )
        {
            yield return $"expectedContains: '{part}' is not in {Shown.Of(value)}";
        }

        if (expected.TypeTag is { } tag && ValueKind.Of(value) != tag)
        {
            yield return $"expectedTypeTag: {ValueKind.Of(value)}, not {tag}";
        }
    }
}
