using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>All fixtures of a folder: the arrays in its <c>*.json</c> files, in the order of the files' names.</summary>
internal static class FixtureFolder
{
    /// <summary>Deeper than any value that crosses.</summary>
    private const int MaxDepth = 1024;

    /// <exception cref="BadInputException">The folder, a file or a fixture cannot be used, or an id is there twice.</exception>
    public static IReadOnlyList<Fixture> Load(string folder)
    {
        var fixtures = new List<Fixture>();
        var files = new Dictionary<int, string>();
        foreach (var file in Files(folder))
        {
            foreach (var fixture in Read(file))
            {
                fixtures.Add(fixture);
                if (files.TryAdd(fixture.Id, file))
                {
                    continue;
                }

                var twice = $"The id {fixture.Id} is there twice, in {files[fixture.Id]} and as '{fixture.Name}' in {file}.";
                throw new BadInputException($"{twice} Give one of them another.");
            }
        }

        return fixtures;
    }

    private static string[] Files(string folder)
    {
        try
        {
            var files = Directory.GetFiles(folder, "*.json");
            Array.Sort(files, StringComparer.Ordinal);
            return files.Length > 0
                ? files
                : throw new BadInputException($"There is no fixture in {folder}: it has no *.json file. Name a folder of fixtures.");
        }
        catch (DirectoryNotFoundException absent)
        {
            throw new BadInputException(
                File.Exists(folder)
                    ? $"{folder} is a file. Name the folder of fixtures that it is in."
                    : $"There is no folder {folder}. Correct the path; it starts from {Environment.CurrentDirectory}.",
                absent
            );
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"The folder {folder} cannot be read: {broken.Message}", broken);
        }
    }

    private static List<Fixture> Read(string file)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(TextInput.ReadFile(file, "fixture file"), options);
            var all = document.RootElement;
            if (all.ValueKind != JsonValueKind.Array)
            {
                throw new BadInputException($"{file}: an array of fixtures was expected.");
            }

            return [.. all.EnumerateArray().Select((entry, at) => FixtureReader.Read(new FixtureFields(entry, $"{file}, entry {at + 1}")))];
        }
        catch (JsonException broken)
        {
            throw new BadInputException($"{file} is no readable JSON: {JsonProblem.Format(broken)}", broken);
        }
    }
}
