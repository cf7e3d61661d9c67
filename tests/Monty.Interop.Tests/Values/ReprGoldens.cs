using System.Text.Json;

namespace Monty.Interop.Tests.Values;

/// <summary>Results of CPython, as recorded by Goldens/generate.py.</summary>
internal static class ReprGoldens
{
    private static readonly JsonElement Root = Load();

    public static IEnumerable<(string Source, string Repr)> Table(string name) =>
        Root.GetProperty(name).EnumerateArray().Select(row => (row[0].GetString()!, row[1].GetString()!));

    public static IEnumerable<(string Json, string Repr)> Values() =>
        Root.GetProperty("values").EnumerateArray().Select(row => (row[0].GetRawText(), row[1].GetString()!));

    /// <summary>Texts and the repr of the value that <c>ast.literal_eval</c> returns for them, or null when it refuses the text.</summary>
    public static IEnumerable<(string Text, string? Repr)> Literals() =>
        Root.GetProperty("literals").EnumerateArray().Select(row => (row[0].GetString()!, row[1].GetString()));

    public static HashSet<int> Characters(string name) =>
        [
            .. Root.GetProperty(name)
                .EnumerateArray()
                .SelectMany(row => Enumerable.Range(row[0].GetInt32(), row[1].GetInt32() - row[0].GetInt32() + 1)),
        ];

    private static JsonElement Load()
    {
        using var stream = typeof(ReprGoldens).Assembly.GetManifestResourceStream("Monty.Interop.Tests.Values.Goldens.repr.json");
        using var document = JsonDocument.Parse(stream!);
        return document.RootElement.Clone();
    }
}
