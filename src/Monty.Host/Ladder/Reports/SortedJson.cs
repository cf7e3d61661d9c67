using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Monty.Host.Ladder.Reports;

/// <summary>Writes JSON in a canonical form for comparison: with sorted keys, without whitespace, and with floats in their shortest form.</summary>
/// <remarks>A number with a decimal point or an exponent is a float. It stays a float: 1.0 does not become 1.</remarks>
internal static class SortedJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1024 };

    public static string Format(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, element);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when JsonMarshal.GetRawUtf8Value(element).IndexOfAny(".eE"u8) >= 0:
                var number = element.GetDouble().ToString("R", CultureInfo.InvariantCulture);
                var isWhole = number.AsSpan().IndexOfAny('.', 'E') < 0;
                writer.WriteRawValue(isWhole ? number + ".0" : number, skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
