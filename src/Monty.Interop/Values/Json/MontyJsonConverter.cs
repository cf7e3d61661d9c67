using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Reads and writes values in the format of <see cref="MontyJson"/> for <see cref="JsonSerializer"/>. All types of values are annotated with it.</summary>
/// <remarks>
/// Thread-safe. The serializer's own limit on depth applies: 64 levels, unless <see cref="JsonSerializerOptions.MaxDepth"/> is set.
/// A member of type <see cref="MontyValue"/> reads a JSON null as <c>None</c>, never as <see langword="null"/>.
/// </remarks>
/// <typeparam name="T">The declared type. JSON of another kind of value throws <see cref="JsonException"/>.</typeparam>
public sealed class MontyJsonConverter<T> : JsonConverter<T>
    where T : MontyValue
{
    /// <inheritdoc/>
    public override bool HandleNull => typeof(T).IsAssignableFrom(typeof(MontyNone));

    /// <inheritdoc/>
    /// <exception cref="JsonException">The JSON does not follow the format, or holds another kind of value.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = MontyJson.Read(ref reader);
        return value as T
            ?? throw new JsonException(
                $"Expected a {typeof(T).Name}, but the JSON holds a {value.GetType().Name}. Declare the member as MontyValue to accept any value."
            );
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">The value cannot be written without loss.</exception>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            MontyJson.Write(writer, value);
        }
    }
}
