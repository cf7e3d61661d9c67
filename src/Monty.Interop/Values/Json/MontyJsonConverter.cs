using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Lets <see cref="JsonSerializer"/> read and write values by the contract of <see cref="MontyJson"/>; every kind of value names it.</summary>
/// <remarks>
/// Thread-safe. The serializer's own depth bound applies: 64 levels unless <see cref="JsonSerializerOptions.MaxDepth"/> says otherwise.
/// A member declared as <see cref="MontyValue"/> reads JSON's null as <c>None</c> and never as <see langword="null"/>.
/// </remarks>
/// <typeparam name="T">The kind that is declared; JSON of another kind is a <see cref="JsonException"/>.</typeparam>
public sealed class MontyJsonConverter<T> : JsonConverter<T>
    where T : MontyValue
{
    /// <inheritdoc/>
    public override bool HandleNull => typeof(T).IsAssignableFrom(typeof(MontyNone));

    /// <inheritdoc/>
    /// <exception cref="JsonException">The JSON is not by the contract, or holds another kind of value.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = MontyJson.Read(ref reader);
        return value as T
            ?? throw new JsonException(
                $"Expected a {typeof(T).Name}, but the JSON holds a {value.GetType().Name}; declare MontyValue to take any."
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
