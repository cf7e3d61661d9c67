using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Interop.Tests.Errors;

/// <summary>One recorded traceback: the error and the text that CPython prints for it. <c>Tracebacks/generate.py</c> writes them.</summary>
internal sealed record TracebackGolden(PythonError Error, string Text)
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Errors", "Tracebacks");

    /// <summary>The names of the recordings of one origin.</summary>
    public static IEnumerable<string> Names(string origin) =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, origin), "*.txt")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads one recording.</summary>
    public static TracebackGolden Read(string origin, string name)
    {
        var recording = File.ReadAllText(Path.Combine(Folder, origin, name + ".txt"));
        var parts = recording.Split(["--- source\n", "--- error\n", "--- traceback\n"], StringSplitOptions.None);
        var error = JsonNode.Parse(parts[2])!;
        var frames = error["Frames"].Deserialize<PythonFrame[]>()!;
        return new TracebackGolden(
            new PythonError((string)error["Type"]!, (string?)error["Message"], frames.ToEquatableArray()),
            parts[3].TrimEnd('\n')
        );
    }
}
