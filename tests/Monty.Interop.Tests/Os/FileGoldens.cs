using System.Text.Json;

namespace Monty.Interop.Tests.Os;

/// <summary>Results of file operations in CPython, as recorded by Goldens/generate_files.py.</summary>
internal static class FileGoldens
{
    private static readonly JsonElement Root = Load();

    /// <summary>The files that exist at the start of each case, in addition to an empty folder <c>sub/empty</c>.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; } =
        Root.GetProperty("files")
            .EnumerateObject()
            .ToDictionary(f => f.Name, f => (ReadOnlyMemory<byte>)Convert.FromHexString(f.Value.GetString()!));

    public static IEnumerable<(string Code, string Result)> Cases =>
        Root.GetProperty("cases").EnumerateArray().Select(c => (c.GetProperty("code").GetString()!, c.GetProperty("result").GetString()!));

    private static JsonElement Load()
    {
        using var stream = typeof(FileGoldens).Assembly.GetManifestResourceStream("Monty.Interop.Tests.Os.Goldens.files.json");
        using var document = JsonDocument.Parse(stream!);
        return document.RootElement.Clone();
    }
}
