using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>The members of one tagged body: known names only, each at most once.</summary>
internal sealed class JsonMembers
{
    private readonly JsonValueReader reader;
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);

    private JsonMembers(JsonValueReader reader) => this.reader = reader;

    /// <summary>Null when the body is no object, or has another name or one of these twice.</summary>
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

    public JsonElement? Element(string name) => members.TryGetValue(name, out var element) ? element : null;

    /// <summary>Null when the member is absent or no text.</summary>
    public string? Text(string name) =>
        members.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.String ? reader.ReadText(element) : null;

    /// <summary>Null when the member is absent or no int of 64 bits.</summary>
    public long? Int64(string name)
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

    /// <summary>Null when the member is absent or no int of 32 bits.</summary>
    public int? Int32(string name) => Int64(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;
}
