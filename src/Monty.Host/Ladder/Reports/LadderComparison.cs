using System.Globalization;
using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>What differs between the lines of two runs: which fixtures there are, which are ok, and their values with keys sorted.</summary>
internal static class LadderComparison
{
    private const int LongestValue = 200;

    /// <summary>One line a difference, in the order of ids; nothing when the runs are equal.</summary>
    /// <exception cref="BadInputException">A file cannot be read, or holds something else.</exception>
    public static IReadOnlyList<string> Compare(string first, string second)
    {
        var (left, right) = (Read(first), Read(second));
        return [.. left.Keys.Union(right.Keys).Order().SelectMany(Differences)];

        IEnumerable<string> Differences(long id) =>
            (left.GetValueOrDefault(id), right.GetValueOrDefault(id)) switch
            {
                (null, _) => [$"fixture {id}: only in {second}"],
                (_, null) => [$"fixture {id}: only in {first}"],
                var (one, other) => one.Differences(other)
                    .Select(d => $"fixture {id}: {d.Name} is {d.One} in {first} and {d.Other} in {second}"),
            };
    }

    private static Dictionary<long, Entry> Read(string file)
    {
        var entries = new Dictionary<long, Entry>();
        var number = 0;
        foreach (var line in TextInput.ReadFile(file, "file of results").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var where = string.Create(CultureInfo.InvariantCulture, $"{file}, line {number}");
            var entry = Entry.Parse(line, where);
            if (!entries.TryAdd(entry.Id, entry))
            {
                throw new BadInputException($"{where}: fixture {entry.Id} is there twice. Compare files of one run each.");
            }
        }

        return entries.Count > 0
            ? entries
            : throw new BadInputException($"{file} holds no results: there is no line in it. Write one with --jsonl.");
    }

    /// <summary>What of a line is compared.</summary>
    private sealed record Entry(long Id, bool Ok, string Value)
    {
        private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1024, AllowDuplicateProperties = false };

        public IEnumerable<(string Name, string One, string Other)> Differences(Entry other)
        {
            if (Ok != other.Ok)
            {
                yield return ("ok", Ok ? "true" : "false", other.Ok ? "true" : "false");
            }

            if (Value != other.Value)
            {
                yield return ("value", VisibleText.Format(Value, LongestValue), VisibleText.Format(other.Value, LongestValue));
            }
        }

        public static Entry Parse(string line, string where)
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
                    throw new BadInputException($"{where}: this is no result of a fixture, which has an 'id' and an 'ok'.");
                }

                return new Entry(
                    number,
                    ok.GetBoolean(),
                    result.TryGetProperty("value", out var value) ? SortedJson.Format(value) : "null"
                );
            }
            catch (JsonException broken)
            {
                throw new BadInputException($"{where} is no readable JSON: {JsonProblem.Format(broken)}", broken);
            }
        }
    }
}
