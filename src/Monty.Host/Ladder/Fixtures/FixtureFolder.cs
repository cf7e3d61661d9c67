using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Loads all fixtures of a folder: the arrays in its <c>*.json</c> files, in the order of the file names.</summary>
internal static class FixtureFolder
{
    /// <summary>The maximum depth of the JSON, which is greater than that of any value that can be sent to the runtime.</summary>
    private const int MaxDepth = 1024;

    /// <exception cref="BadInputException">The folder, a file or a fixture is invalid, or an id is used twice.</exception>
    public static IReadOnlyList<Fixture> Load(string folder)
    {
        var fixtures = new List<Fixture>();
        var files = new Dictionary<int, string>();
        foreach (var file in GetFiles(folder))
        {
            foreach (var fixture in Read(file))
            {
                fixtures.Add(fixture);
                if (!files.TryAdd(fixture.Id, file))
                {
                    throw new BadInputException(
                        $"The fixture id {fixture.Id} is used twice: in {files[fixture.Id]}, and by '{fixture.Name}' in {file}. Change one of them."
                    );
                }
            }
        }

        return fixtures;
    }

    private static string[] GetFiles(string folder)
    {
        try
        {
            var files = Directory.GetFiles(folder, "*.json");
            Array.Sort(files, StringComparer.Ordinal);
            return files.Length > 0
                ? files
                : throw new BadInputException($"The folder {folder} contains no *.json file. Name a folder with fixtures.");
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new BadInputException(
                File.Exists(folder)
                    ? $"The fixtures cannot be loaded: {folder} is a file. Name the folder that contains it."
                    : $"The folder {folder} does not exist. Correct the path. Relative paths start from {Environment.CurrentDirectory}.",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"The folder {folder} cannot be read: {exception.Message}", exception);
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
                throw new BadInputException($"{file}: expected an array of fixtures.");
            }

            return
            [
                .. all.EnumerateArray()
                    .Select((entry, index) => FixtureReader.Read(new FixtureFields(entry, $"{file}, entry {index + 1}"))),
            ];
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"{file} is not valid JSON: {JsonProblem.Format(exception)}", exception);
        }
    }
}
