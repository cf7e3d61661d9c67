using System.Globalization;
using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>What differs between the lines of two runs: the fixtures in them, which of them are ok, and their values with keys sorted.</summary>
internal static class LadderComparison
{
    private const int LongestValue = 200;

    /// <summary>One line a difference, in the order of ids; nothing when the runs are equal.</summary>
    /// <exception cref="BadInputException">A file cannot be read, or holds something else.</exception>
    public static IReadOnlyList<string> Compare(string first, string second)
    {
        var (left, right) = (Read(first), Read(second));
        return [.. left.Keys.Union(right.Keys).Order().SelectMany(id => Differences(id, left.GetValueOrDefault(id), right.GetValueOrDefault(id), first, second))];
    }

    private static IEnumerable<string> Differences(long id, Entry? left, Entry? right, string first, string second)
    {
        if (left is null || right is null)
        {
            yield return $"fixture {id}: only in {(left is null ? second : first)}";
            yield break;
        }

        if (left.Ok != right.Ok) yield return $"fixture {id}: ok is {Word(left.Ok)} in {first} and {Word(right.Ok)} in {second}";
        if (left.Value != right.Value)
        {
            yield return $"fixture {id}: the value is {VisibleText.Of(left.Value, LongestValue)} in {first} and {VisibleText.Of(right.Value, LongestValue)} in {second}";
        }
    }

    private static string Word(bool ok) => ok ? "true" : "false";

    private static Dictionary<long, Entry> Read(string file)
    {
        var entries = new Dictionary<long, Entry>();
        var number = 0;
        foreach (var line in TextInput.ReadFile(file, "file of results").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var where = string.Create(CultureInfo.InvariantCulture, $"{file}, line {number}");
            var entry = Entry.Parse(line, where);
            if (!entries.TryAdd(entry.Id, entry)) throw new BadInputException($"{where}: fixture {entry.Id} is there twice. Compare files of one run each.");
        }

        return entries.Count > 0 ? entries : throw new BadInputException($"{file} holds no results: there is no line in it. Write one with --jsonl.");
    }

    /// <summary>What of a line is compared.</summary>
    private sealed record Entry(long Id, bool Ok, string Value)
    {
        public static Entry Parse(string line, string where)
        {
            try
            {
                using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1024, AllowDuplicateProperties = false });
                var result = document.RootElement;
                if (result.ValueKind != JsonValueKind.Object
                    || !result.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out var number)
                    || !result.TryGetProperty("ok", out var ok) || ok.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                {
                    throw new BadInputException($"{where}: this is no result of a fixture, which has an 'id' and an 'ok'.");
                }

                return new Entry(number, ok.GetBoolean(), result.TryGetProperty("value", out var value) ? SortedJson.Of(value) : "null");
            }
            catch (JsonException broken)
            {
                throw new BadInputException($"{where} is no readable JSON: {JsonProblem.Of(broken)}", broken);
            }
        }
    }
}
