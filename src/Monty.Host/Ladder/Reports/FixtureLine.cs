using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Monty.Host.Cli.Output;
using Monty.Host.Ladder.Runs;
using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>The line of JSON that a fixture leaves (docs/how-to/ladder.md). All members are always there, null where they say nothing.</summary>
internal static class FixtureLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, with its line feed.</summary>
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
