using System.Text.Json;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of the lines that were printed.</summary>
internal static class PrintChecks
{
    public static IEnumerable<string> Of(IReadOnlyList<string> expected, IReadOnlyList<string> printed) =>
        expected.SequenceEqual(printed) ? [] : [$"expectedPrintLines: {Shown.Of(JsonSerializer.Serialize(printed))}"];
}
