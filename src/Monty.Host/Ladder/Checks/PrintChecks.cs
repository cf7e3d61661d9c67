using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monty.Host.Ladder.Checks;

/// <summary>Checks the printed lines. Returns a message if they are not the expected lines.</summary>
internal static partial class PrintChecks
{
    public static IEnumerable<string> Check(IReadOnlyList<string> expected, IReadOnlyList<string> printed) =>
        expected.SequenceEqual(printed)
            ? []
            : [$"expectedPrintLines: {Excerpt.Format(JsonSerializer.Serialize(printed, Json.Default.IReadOnlyListString))}"];

    [JsonSerializable(typeof(IReadOnlyList<string>))]
    private sealed partial class Json : JsonSerializerContext;
}
