using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Checks the value of a feed. Returns one message for each expectation that is not met.</summary>
internal static class ValueChecks
{
    public static IEnumerable<string> Check(ExpectedValue expected, MontyValue value)
    {
        if (expected.Value is { } expectedValue && !ValueMatch.IsMatch(expectedValue, value, expected.IgnoreOrder))
        {
            yield return $"expected: {Excerpt.Format(value)}, not {Excerpt.Format(expectedValue)}";
        }

        if (
            expected.Contains is { } part
            && !value.ToString().Contains(part, StringComparison.Ordinal)
            && !PythonText.Format(value).Contains(part, StringComparison.Ordinal)
        )
        {
            yield return $"expectedContains: '{part}' is not in {Excerpt.Format(value)}";
        }

        if (expected.TypeTag is { } tag && ValueKind.GetKind(value) != tag)
        {
            yield return $"expectedTypeTag: {ValueKind.GetKind(value)}, not {tag}";
        }
    }
}
