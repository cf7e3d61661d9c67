using System.Globalization;
using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>Compares the results of two runs: the ids of the fixtures, whether they passed, and their values.</summary>
/// <remarks>The order of JSON keys in values does not matter.</remarks>
internal static class LadderComparison
{
    private const int MaxValueLength = 200;

    /// <summary>Returns one line for each difference, in the order of the ids. The list is empty if the runs are equal.</summary>
    /// <exception cref="BadInputException">A file cannot be read, or does not contain results.</exception>
    public static IReadOnlyList<string> Compare(string first, string second)
    {
        var left = Read(first);
        var right = Read(second);
        return [.. left.Keys.Union(right.Keys).Order().SelectMany(GetDifferences)];

        IEnumerable<string> GetDifferences(long id)
        {
            if (!left.TryGetValue(id, out var leftEntry))
            {
                return [$"fixture {id}: only in {second}"];
            }

            if (!right.TryGetValue(id, out var rightEntry))
            {
                return [$"fixture {id}: only in {first}"];
            }

            return leftEntry
                .GetDifferences(rightEntry)
                .Select(d => $"fixture {id}: {d.Name} is {d.First} in {first} and {d.Second} in {second}");
        }
    }

    private static Dictionary<long, Entry> Read(string file)
    {
        var entries = new Dictionary<long, Entry>();
        var number = 0;
        foreach (var line in TextInput.ReadFile(file, "results file").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var location = string.Create(CultureInfo.InvariantCulture, $"{file}, line {number}");
            var entry = Entry.Parse(line, location);
            if (!entries.TryAdd(entry.Id, entry))
            {
                throw new BadInputException($"{location}: fixture {entry.Id} occurs twice. Compare files that contain one run each.");
            }
        }

        return entries.Count > 0 ? entries : throw new BadInputException($"{file} is empty. Name a file that was written with --jsonl.");
    }

    private sealed record Difference(string Name, string First, string Second);

    /// <summary>The compared members of one line.</summary>
    private sealed record Entry(long Id, bool Ok, string Value)
    {
        private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1024, AllowDuplicateProperties = false };

        public IEnumerable<Difference> GetDifferences(Entry other)
        {
            if (Ok != other.Ok)
            {
                yield return new Difference("ok", Ok ? "true" : "false", other.Ok ? "true" : "false");
            }

            if (Value != other.Value)
            {
                yield return new Difference(
                    "value",
                    VisibleText.Format(Value, MaxValueLength),
                    VisibleText.Format(other.Value, MaxValueLength)
                );
            }
        }

        public static Entry Parse(string line, string location)
        {
            try
            {
                using var document = JsonDocument.Parse(line, Options);
                var result = document.RootElement;
                if (
                    result.ValueKind != JsonValueKind.Object
                    || !result.TryGetProperty("id", out var id)
                    || id.ValueKind != JsonValueKind.Number
                    || !id.TryGetInt64(out var number)
                    || !result.TryGetProperty("ok", out var ok)
                    || ok.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
                )
                {
                    throw new BadInputException(
                        $"{location}: expected the result of a fixture, with an 'id' and an 'ok'. Name a file that was written with --jsonl."
                    );
                }

                var formatted = result.TryGetProperty("value", out var value) ? SortedJson.Format(value) : "null";
                return new Entry(number, ok.GetBoolean(), formatted);
            }
            catch (JsonException exception)
            {
                throw new BadInputException($"{location} is not valid JSON: {JsonProblem.Format(exception)}", exception);
            }
        }
    }
}
