using System.Text.Json;
using System.Text.Json.Nodes;
using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;

namespace Monty.Host.Tests.Ladder;

/// <summary>The fixtures of the repository, and fixtures that a test writes as JSON.</summary>
internal static class TestFixtures
{
    /// <summary>The folder with a copy of the repository's fixtures.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures");

    /// <summary>Returns all fixtures of the repository as JSON.</summary>
    public static IEnumerable<JsonObject> All() =>
        Directory
            .GetFiles(Folder, "*.json")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!.AsArray())
            .Select(fixture => fixture!.AsObject());

    /// <summary>Reads a fixture. The fields <c>id</c>, <c>tier</c>, <c>name</c> and <c>code</c> are optional.</summary>
    public static Fixture Read(string json) => Read(JsonNode.Parse(json)!.AsObject());

    public static Fixture Read(JsonObject fixture)
    {
        foreach (var (name, value) in new (string, JsonNode)[] { ("id", 1), ("tier", 1), ("name", "test"), ("code", "") })
        {
            fixture.TryAdd(name, value);
        }

        using var document = JsonDocument.Parse(fixture.ToJsonString());
        return FixtureReader.Read(new FixtureFields(document.RootElement, "test.json"));
    }

    /// <summary>Runs a fixture on the real runtime.</summary>
    public static async Task<FixtureResult> RunAsync(string json)
    {
        using var path = new InteropPath();
        return await new FixtureRun(path, TimeProvider.System).RunAsync(Read(json), CancellationToken.None);
    }
}
