using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Interop.Tests.Errors;

/// <summary>One recorded traceback. <c>Tracebacks/generate.py</c> and <c>Tracebacks/record_runtime.py</c> write them.</summary>
/// <param name="Source">The script that fails.</param>
/// <param name="Error">The error of the script.</param>
/// <param name="Text">The traceback that the client shows.</param>
/// <param name="CPython">The traceback that CPython prints for the script, or null when it is the same.</param>
internal sealed record TracebackGolden(string Source, PythonError Error, string Text, string? CPython)
{
    private static readonly string[] Headings = ["--- source\n", "--- error\n", "--- CPython\n", "--- traceback\n"];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Errors", "Tracebacks");

    /// <summary>Returns the names of the recordings in a folder.</summary>
    public static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, folder), "*.txt")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads one recording.</summary>
    public static TracebackGolden Read(string folder, string name)
    {
        var recording = File.ReadAllText(Path.Combine(Folder, folder, name + ".txt"));
        var parts = recording.Split(Headings, StringSplitOptions.None);
        var error = JsonNode.Parse(parts[2])!;
        var frames = error["Frames"].Deserialize<PythonFrame[]>()!;
        return new TracebackGolden(
            parts[1],
            new PythonError((string)error["Type"]!, (string?)error["Message"], frames.ToEquatableArray()),
            parts[^1][..^1],
            parts.Length == Headings.Length + 1 ? parts[3][..^1] : null
        );
    }
}
