using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.TypeChecking.Formats;

/// <summary>Writes the JSON formats, with their members in the order of the runtime's checker.</summary>
internal static class JsonFormats
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = new LeastEscapes() };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, NewLine = "\n" };

    public static string Array(IEnumerable<Finding> findings) =>
        Write(
            Indented,
            writer =>
            {
                writer.WriteStartArray();
                foreach (var finding in findings)
                {
                    WriteFinding(writer, finding);
                }

                writer.WriteEndArray();
            }
        );

    public static string Line(Finding finding) => Write(Compact, writer => WriteFinding(writer, finding));

    public static string RdJson(IEnumerable<Finding> findings) =>
        Write(
            Indented,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("diagnostics");
                foreach (var finding in findings)
                {
                    WriteRdJson(writer, finding);
                }

                writer.WriteEndArray();
                writer.WriteString("severity", "WARNING");
                writer.WriteStartObject("source");
                writer.WriteString("name", "ruff");
                writer.WriteString("url", "https://docs.astral.sh/ruff");
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        );

    public static string GitLab(IEnumerable<Finding> findings) =>
        Write(
            Indented,
            writer =>
            {
                writer.WriteStartArray();
                foreach (var finding in findings)
                {
                    var found = finding.Diagnostic;
                    writer.WriteStartObject();
                    writer.WriteString("check_name", found.Rule);
                    writer.WriteString("description", $"{found.Rule}: {found.Message}");
                    writer.WriteString(
                        "severity",
                        found.Severity switch
                        {
                            TypeSeverity.Error => "major",
                            TypeSeverity.Warning => "minor",
                            _ => "info",
                        }
                    );
                    writer.WriteString("fingerprint", finding.Fingerprint);
                    writer.WriteStartObject("location");
                    writer.WriteString("path", found.FileName);
                    writer.WriteStartObject("positions");
                    WritePlace(writer, "begin", found.Start, "line", lineFirst: true);
                    WritePlace(writer, "end", found.End, "line", lineFirst: true);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        );

    private static void WriteFinding(Utf8JsonWriter writer, Finding finding)
    {
        var found = finding.Diagnostic;
        writer.WriteStartObject();
        writer.WriteNull("cell");
        writer.WriteString("code", found.Rule);
        WritePlace(writer, "end_location", found.End, "row", lineFirst: false);
        writer.WriteString("filename", LineFormats.Path(found));
        writer.WritePropertyName("fix");
        if (finding.Fix is { } fix)
        {
            fix.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        WritePlace(writer, "location", found.Start, "row", lineFirst: false);
        writer.WriteString("message", found.Message);
        writer.WriteString("name", found.Rule);
        writer.WriteNull("noqa_row");
        writer.WriteString("severity", "error"); // the runtime writes this for every finding
        writer.WriteString("url", finding.Address);
        writer.WriteEndObject();
    }

    private static void WriteRdJson(Utf8JsonWriter writer, Finding finding)
    {
        var found = finding.Diagnostic;
        writer.WriteStartObject();
        writer.WriteStartObject("code");
        if (finding.Address is { } address)
        {
            writer.WriteString("url", address);
        }

        writer.WriteString("value", found.Rule);
        writer.WriteEndObject();
        writer.WriteStartObject("location");
        writer.WriteString("path", LineFormats.Path(found));
        WriteRange(writer, found.Start, found.End);
        writer.WriteEndObject();
        writer.WriteString("message", found.Message);
        if (finding.Fix is { } fix)
        {
            writer.WriteStartArray("suggestions");
            foreach (var edit in fix.GetProperty("edits").EnumerateArray())
            {
                writer.WriteStartObject();
                WriteRange(
                    writer,
                    FindingReader.ReadLocation(edit.GetProperty("location")),
                    FindingReader.ReadLocation(edit.GetProperty("end_location"))
                );
                writer.WriteString("text", edit.GetProperty("content").GetString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter writer, SourceLocation start, SourceLocation end)
    {
        writer.WriteStartObject("range");
        WritePlace(writer, "end", end, "line", lineFirst: false);
        WritePlace(writer, "start", start, "line", lineFirst: false);
        writer.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter writer, string name, SourceLocation place, string line, bool lineFirst)
    {
        writer.WriteStartObject(name);
        if (lineFirst)
        {
            writer.WriteNumber(line, place.Line);
        }

        writer.WriteNumber("column", place.Column);
        if (!lineFirst)
        {
            writer.WriteNumber(line, place.Line);
        }

        writer.WriteEndObject();
    }

    private static string Write(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
