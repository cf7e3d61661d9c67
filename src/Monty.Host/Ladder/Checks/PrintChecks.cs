using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monty.Host.Ladder.Checks;

/// <summary>What does not hold of the lines that were printed.</summary>
internal static partial class PrintChecks
{
    public static IEnumerable<string> Check(IReadOnlyList<string> expected, IReadOnlyList<string> printed) =>
        expected.SequenceEqual(printed)
            ? []
            : [$"expectedPrintLines: {Shown.Format(JsonSerializer.Serialize(printed, Json.Default.IReadOnlyListString))}"];

    [JsonSerializable(typeof(IReadOnlyList<string>))]
    private sealed partial class Json : JsonSerializerContext;
}
