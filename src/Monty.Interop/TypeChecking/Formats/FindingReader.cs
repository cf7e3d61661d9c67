using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>The findings of one check in the formats that were asked for.</summary>
/// <param name="JsonLines">One JSON object a line.</param>
/// <param name="GitHub">One command of GitHub's workflows a line.</param>
/// <param name="GitLab">GitLab's report, or null when the fingerprints cost too much.</param>
/// <param name="Full">The blocks with source excerpts, or null when they cost too much.</param>
internal sealed record CheckerOutput(string JsonLines, string GitHub, string? GitLab, string? Full);

/// <summary>Reads the findings of the runtime's checker in a module, and moves them to the lines of the checked code.</summary>
/// <param name="module">The module that was checked.</param>
/// <param name="moduleName">The runtime's name for it.</param>
internal sealed partial class FindingReader(CheckedModule module, string moduleName)
{
    /// <summary>The message for a <c>return</c> at module level, which the checker refuses although the runtime accepts it: it ends the feed with the value.</summary>
    private const string TopLevelReturn = "`return` statement outside of a function";

    /// <summary>The maximum length of the findings to read, in characters, and of findings with details.</summary>
    private const int MaxCharacters = 1024 * 1024;

    /// <summary>The maximum length of the source that the checker may process for excerpts. The cost of a finding is proportional to the length of its line.</summary>
    private const int MaxExcerptCharacters = 4 * 1024 * 1024;

    /// <summary>Reads a place from a JSON object with a <c>row</c> and a <c>column</c>.</summary>
    public static SourceLocation ReadLocation(JsonElement place) =>
        new(place.GetProperty("row").GetInt32(), place.GetProperty("column").GetInt32());

    /// <summary>Returns true when one of the findings is in the checked code.</summary>
    public bool HasFindings(string jsonLines) => Parse(jsonLines).Any(IsInCode);

    /// <summary>Returns the first syntax error, or null for none.</summary>
    public TypeDiagnostic? FindSyntaxError(string jsonLines) =>
        Parse(jsonLines)
            .Where(f => IsInCode(f) && RuleOf(f) == "invalid-syntax")
            .Select(f => ReadDiagnostic(f, TypeSeverity.Error))
            .FirstOrDefault();

    /// <summary>Returns true when the findings are few enough for the formats whose cost grows faster than their number.</summary>
    public bool CanAffordDetails(string jsonLines, int maxFindings)
    {
        var count = jsonLines.AsSpan().Count('\n');
        return count <= maxFindings && jsonLines.Length <= MaxCharacters && (long)count * module.LongestLine <= MaxExcerptCharacters;
    }

    /// <summary>Reads the findings in the checked code, as many as the limit allows.</summary>
    /// <exception cref="InvalidOperationException">The formats disagree.</exception>
    public TypeCheckReport Read(CheckerOutput output, int maxFindings)
    {
        var lines = output.JsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var notes = output.GitHub.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fingerprints = output.GitLab is null ? null : ReadFingerprints(output.GitLab);
        if (notes.Length != lines.Length || (fingerprints is not null && fingerprints.Count != lines.Length))
        {
            throw new InvalidOperationException(
                $"The runtime found {lines.Length}, {notes.Length} and {fingerprints?.Count ?? lines.Length} things in one check. This runtime is not the one that the client pins."
            );
        }

        var blocks = output.Full is null ? [] : FullFormat.SplitBlocks(output.Full);
        var found = new List<Finding>();
        var omitted = 0;
        var worst = TypeSeverity.Information;
        var characters = 0;
        for (var index = 0; index < lines.Length; index++)
        {
            var finding = JsonElement.Parse(lines[index]);
            if (!IsInCode(finding))
            {
                continue;
            }

            var severity = ReadSeverity(notes[index]);
            characters += lines[index].Length;
            if (found.Count == maxFindings || (found.Count > 0 && characters > MaxCharacters))
            {
                omitted++;
                worst = severity > worst ? severity : worst;
                continue;
            }

            var diagnostic = ReadDiagnostic(finding, severity);
            found.Add(
                new Finding(diagnostic)
                {
                    Fingerprint = fingerprints?[index] ?? Finding.FingerprintOf(diagnostic),
                    Address = finding.GetProperty("url").GetString(),
                    Fix = ReadFix(finding.GetProperty("fix")),
                    Notes = ReadNotes(notes[index]),
                    Block =
                        blocks.Count == lines.Length
                            ? FullFormat.MapLocations(blocks[index], moduleName, module)
                            : TypeDiagnosticText.Render([diagnostic], module.Code) + "\n",
                }
            );
        }

        return TypeCheckReport.From(found, module.Code, omitted, worst);
    }

    private static IEnumerable<JsonElement> Parse(string jsonLines)
    {
        for (var start = 0; start < jsonLines.Length; )
        {
            var end = jsonLines.IndexOf('\n', start) is var found and >= 0 ? found : jsonLines.Length;
            if (end > start)
            {
                yield return JsonElement.Parse(jsonLines.AsSpan(start, end - start));
            }

            start = end + 1;
        }
    }

    private static string RuleOf(JsonElement finding) => finding.GetProperty("code").GetString()!;

    private static TypeSeverity ReadSeverity(string gitHubLine) =>
        gitHubLine.StartsWith("::error ", StringComparison.Ordinal) ? TypeSeverity.Error
        : gitHubLine.StartsWith("::warning ", StringComparison.Ordinal) ? TypeSeverity.Warning
        : TypeSeverity.Information;

    private static List<string> ReadFingerprints(string gitLab)
    {
        using var document = JsonDocument.Parse(gitLab);
        return [.. document.RootElement.EnumerateArray().Select(f => f.GetProperty("fingerprint").GetString()!)];
    }

    private bool IsInCode(JsonElement finding) =>
        module.IsInCode(ReadLocation(finding.GetProperty("location")).Line)
        && !finding.GetProperty("message").GetString()!.EndsWith(TopLevelReturn, StringComparison.Ordinal);

    private TypeDiagnostic ReadDiagnostic(JsonElement finding, TypeSeverity severity) =>
        new(
            RuleOf(finding),
            severity,
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

    /// <summary>Returns the message and the notes that follow it: <c>::error …::main.py:1:2: rule: message%0A  main.py:3:4: info: …</c>.</summary>
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
