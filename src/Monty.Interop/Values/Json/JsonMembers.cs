using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>The members of the JSON object under a tag. Only known names are allowed, and each at most once.</summary>
internal sealed class JsonMembers
{
    private readonly JsonValueReader reader;
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);

    private JsonMembers(JsonValueReader reader) => this.reader = reader;

    /// <summary>Returns null when the body is not an object, has a member with another name, or has a member twice.</summary>
    public static JsonMembers? From(JsonElement body, JsonValueReader reader, params ReadOnlySpan<string> names)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var found = new JsonMembers(reader);
        foreach (var property in body.EnumerateObject())
        {
            var name = reader.ReadName(property);
            if (!names.Contains(name) || !found.members.TryAdd(name, property.Value))
            {
                return null;
            }
        }

        return found;
    }

    public bool Has(string name) => members.ContainsKey(name);

    public bool IsNull(string name) => members.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.Null;

    public bool IsTextOrAbsent(string name) => !members.TryGetValue(name, out var element) || element.ValueKind == JsonValueKind.String;

    public JsonElement? GetElement(string name) => members.TryGetValue(name, out var element) ? element : null;

    /// <summary>Returns null when the member is absent or is not a string.</summary>
    public string? GetText(string name) =>
        members.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.String ? reader.ReadText(element) : null;

    /// <summary>Returns null when the member is absent or is not an int that fits in 64 bits.</summary>
    public long? GetInt64(string name)
    {
        if (!members.TryGetValue(name, out var element))
        {
            return null;
        }

        reader.Path.Enter(name);
        var value = reader.Read(element);
        reader.Path.Leave();
        return value is MontyInt integer && integer.TryGetInt64(out var number) ? number : null;
    }

    /// <summary>Returns null when the member is absent or is not an int that fits in 32 bits.</summary>
    public int? GetInt32(string name) => GetInt64(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;
}
