using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Host.Cli.Output;
using Monty.Host.Ladder.Runs;
using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>Writes the result of a fixture as one line of JSON. docs/how-to/ladder.md lists the members.</summary>
/// <remarks>All members are always present. A member without a value is null.</remarks>
internal static class FixtureLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the line, including its line feed.</summary>
    public static ReadOnlyMemory<byte> Write(FixtureResult result)
    {
        var fixture = result.Fixture;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", fixture.Id);
            writer.WriteNumber("tier", fixture.Tier);
            writer.WriteString("name", fixture.Name);
            writer.WriteBoolean("ok", result.Status == FixtureStatus.Passed);
            writer.WritePropertyName("value");
            MontyJson.Write(writer, result.Value is null ? MontyValue.None : StableValue.From(result.Value));
            WriteError(writer, result.Error);
            writer.WriteString("skipped", fixture.Skip);
            writer.WriteString("xfail", result.Status == FixtureStatus.ExpectedFailure ? fixture.Xfail : null);
            writer.WriteString("xpass", result.Status == FixtureStatus.UnexpectedPass ? fixture.Xfail : null);
            writer.WriteNumber("ms", Math.Round(result.Duration.TotalMilliseconds, 3));
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteError(Utf8JsonWriter writer, PythonError? error)
    {
        if (error is null)
        {
            writer.WriteNull("error");
            return;
        }

        writer.WriteStartObject("error");
        writer.WriteString("type", error.Type);
        LongText.Write(writer, "message", error.Message);
        writer.WriteEndObject();
    }
}
