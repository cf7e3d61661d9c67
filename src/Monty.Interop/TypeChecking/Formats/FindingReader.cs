using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>Reads what the runtime's checker found in a module, and moves it to the lines of the checked code.</summary>
/// <param name="module">What was checked.</param>
/// <param name="moduleName">What the runtime calls it.</param>
internal sealed partial class FindingReader(CheckedModule module, string moduleName)
{
    /// <summary>An engine's feature, which the checker refuses: it ends the feed with that value.</summary>
    private const string TopLevelReturn = "`return` statement outside of a function";

    /// <summary>Where a JSON object with a <c>row</c> says it is.</summary>
    public static SourceLocation ReadLocation(JsonElement place) =>
        new(place.GetProperty("row").GetInt32(), place.GetProperty("column").GetInt32());

    /// <summary>Whether GitLab's format lists a finding in the checked code.</summary>
    public bool Concerns(string gitLab)
    {
        using var document = JsonDocument.Parse(gitLab);
        return document
            .RootElement.EnumerateArray()
            .Any(f =>
                IsOurs(
                    f.GetProperty("location").GetProperty("positions").GetProperty("begin").GetProperty("line").GetInt32(),
                    f.GetProperty("description").GetString()!
                )
            );
    }

    /// <summary>The findings in the checked code, from the same check in four formats.</summary>
    /// <exception cref="InvalidOperationException">The formats disagree.</exception>
    public List<Finding> Read(string gitLab, string json, string gitHub, string full)
    {
        using var severities = JsonDocument.Parse(gitLab);
        using var details = JsonDocument.Parse(json);
        var ours = severities.RootElement.EnumerateArray().ToList();
        var rest = details.RootElement.EnumerateArray().ToList();
        var notes = gitHub.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var blocks = FullFormat.SplitBlocks(full);
        if (rest.Count != ours.Count || notes.Length != ours.Count)
        {
            throw new InvalidOperationException(
                $"The runtime found {ours.Count}, {rest.Count} and {notes.Length} things in one check. This runtime is not the one that the client pins."
            );
        }

        var found = new List<Finding>();
        for (var index = 0; index < ours.Count; index++)
        {
            var diagnostic = ReadDiagnostic(rest[index], ours[index].GetProperty("severity").GetString());
            if (!IsOurs(ReadLocation(rest[index].GetProperty("location")).Line, diagnostic.Message))
            {
                continue;
            }

            var block =
                blocks.Count == ours.Count
                    ? FullFormat.MapLocations(blocks[index], moduleName, module)
                    : TypeDiagnosticText.Render([diagnostic], module.Code) + "\n";
            found.Add(
                new Finding(
                    diagnostic,
                    ours[index].GetProperty("fingerprint").GetString()!,
                    rest[index].GetProperty("url").GetString(),
                    ReadFix(rest[index].GetProperty("fix")),
                    ReadNotes(notes[index]),
                    block
                )
            );
        }

        return found;
    }

    private bool IsOurs(int line, string message) => module.IsInCode(line) && !message.EndsWith(TopLevelReturn, StringComparison.Ordinal);

    private TypeDiagnostic ReadDiagnostic(JsonElement finding, string? severity) =>
        new(
            finding.GetProperty("code").GetString()!,
            severity switch
            {
                "info" => TypeSeverity.Information,
                "minor" => TypeSeverity.Warning,
                _ => TypeSeverity.Error,
            },
            finding.GetProperty("message").GetString()!,
            module.ScriptName,
            MapLocation(ReadLocation(finding.GetProperty("location"))),
            MapLocation(ReadLocation(finding.GetProperty("end_location")))
        );

    private JsonElement? ReadFix(JsonElement fix)
    {
        if (fix.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var moved = JsonNode.Parse(fix.GetRawText())!;
        foreach (var edit in moved["edits"]!.AsArray())
        {
            foreach (var place in new[] { edit!["location"]!, edit["end_location"]! })
            {
                place["row"] = module.Map(place["row"]!.GetValue<int>()).Line;
            }
        }

        return JsonSerializer.SerializeToElement(moved, JsonNodeContext.Default.JsonNode);
    }

    /// <summary>The message and what follows it: <c>::error …::main.py:1:2: rule: message%0A  main.py:3:4: info: …</c>.</summary>
    private string ReadNotes(string line)
    {
        var notes = NotesStart().Match(line);
        return Places()
            .Replace(
                notes.Groups["notes"].Value,
                place =>
                {
                    if (place.Groups["file"].Value != moduleName)
                    {
                        return place.Value;
                    }

                    var (name, moved) = module.Map(
                        int.Parse(place.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
                    );
                    return $"{place.Groups["indent"].Value}{name}:{moved}:";
                }
            );
    }

    private SourceLocation MapLocation(SourceLocation place) => place with { Line = module.Map(place.Line).Line };

    [GeneratedRegex(@"^::\w+ title=monty \((?<rule>[^)]*)\),.*?::.+?:\d+:\d+: \k<rule>: (?<notes>.*)$", RegexOptions.Singleline)]
    private static partial Regex NotesStart();

    [GeneratedRegex(@"(?<indent>%0A +)(?<file>[^%: ]+):(?<line>\d+):")]
    private static partial Regex Places();

    [System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
    private sealed partial class JsonNodeContext : System.Text.Json.Serialization.JsonSerializerContext;
}
