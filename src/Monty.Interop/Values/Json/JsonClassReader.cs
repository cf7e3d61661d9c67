using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads named tuples, classes and instances. Methods return null for a body of the wrong shape.</summary>
internal sealed class JsonClassReader(JsonValueReader reader, DerivedIds ids)
{
    public MontyNamedTuple? ReadNamedTuple(JsonElement body)
    {
        if (JsonMembers.From(body, reader, "type", "fields") is not { } members)
        {
            return null;
        }

        if (members.GetText("type") is not { } name || ReadAttributes(members, "fields") is not { } attributes)
        {
            return null;
        }

        var fields = new KeyValuePair<string, MontyValue>[attributes.Pairs.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            if (attributes.Pairs[i].Key is not MontyStr field)
            {
                return null;
            }

            fields[i] = new(field.Value, attributes.Pairs[i].Value);
        }

        return new(name, new EquatableArray<KeyValuePair<string, MontyValue>>(fields));
    }

    public MontyInstance? ReadInstance(JsonElement body, bool isDataclass)
    {
        if (JsonMembers.From(body, reader, "type", "fields", "origin", "type_id", "id", "type_attributes") is not { } members)
        {
            return null;
        }

        if (members.GetText("type") is not { } name || ReadAttributes(members, "fields") is not { } fields)
        {
            return null;
        }

        if (
            !TryReadOrigin(members, MontyTypeOrigin.Host, out var origin)
            || !TryReadOptionalAttributes(members, "type_attributes", out var attributes)
        )
        {
            return null;
        }

        if (origin == MontyTypeOrigin.Sandbox && !(members.Has("type_id") && members.Has("id")))
        {
            return null;
        }

        Guid? typeId = null;
        if (!members.Has("type_id"))
        {
            typeId = origin == MontyTypeOrigin.Builtin ? null : DerivedIds.ForClass(name);
        }
        else if (!members.IsNull("type_id") && !TryReadId(members, "type_id", out typeId))
        {
            return null;
        }

        Guid? id;
        if (!members.Has("id"))
        {
            id = ids.ForNextInstance();
        }
        else if (!TryReadId(members, "id", out id))
        {
            return null;
        }

        return new(new MontyType(name, origin, typeId, isDataclass, attributes), id!.Value, fields);
    }

    public MontyType? ReadType(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
        {
            return new(reader.ReadText(body), MontyTypeOrigin.Builtin);
        }

        if (JsonMembers.From(body, reader, "name", "origin", "id", "dataclass", "attributes") is not { } members)
        {
            return null;
        }

        if (members.GetText("name") is not { } name || !TryReadOrigin(members, null, out var origin))
        {
            return null;
        }

        if (!TryReadOptionalAttributes(members, "attributes", out var attributes))
        {
            return null;
        }

        Guid? id = null;
        if (members.Has("id") && !TryReadId(members, "id", out id))
        {
            return null;
        }

        var isDataclass = members.GetElement("dataclass")?.ValueKind;
        return isDataclass is null or JsonValueKind.True or JsonValueKind.False
            ? new(name, origin, id, isDataclass == JsonValueKind.True, attributes)
            : null;
    }

    /// <summary>Reads a dict from an array of [key, value] pairs, keeping duplicate keys. Returns null when an item is not a pair.</summary>
    public MontyDict? ReadPairs(JsonElement array)
    {
        var pairs = new KeyValuePair<MontyValue, MontyValue>[array.GetArrayLength()];
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2)
            {
                return null;
            }

            reader.Path.Enter(index);
            var pair = reader.ReadItems(item);
            pairs[index++] = new(pair[0], pair[1]);
            reader.Path.Leave();
        }

        return new(new EquatableArray<KeyValuePair<MontyValue, MontyValue>>(pairs));
    }

    private MontyDict? ReadAttributes(JsonMembers members, string name)
    {
        if (members.GetElement(name) is not { } element)
        {
            return null;
        }

        reader.Path.Enter(name);
        var attributes = element.ValueKind switch
        {
            JsonValueKind.Object => reader.ReadMembers(element),
            JsonValueKind.Array => ReadPairs(element),
            _ => null,
        };
        reader.Path.Leave();
        return attributes;
    }

    private bool TryReadOptionalAttributes(JsonMembers members, string name, out MontyDict? attributes)
    {
        attributes = ReadAttributes(members, name);
        return attributes is not null || !members.Has(name);
    }

    private static bool TryReadOrigin(JsonMembers members, MontyTypeOrigin? defaultOrigin, out MontyTypeOrigin origin)
    {
        var read = members.Has("origin") ? ParseOrigin(members.GetText("origin")) : defaultOrigin;
        origin = read.GetValueOrDefault();
        return read is not null;
    }

    private static MontyTypeOrigin? ParseOrigin(string? text) =>
        text switch
        {
            "builtin" => MontyTypeOrigin.Builtin,
            "sandbox" => MontyTypeOrigin.Sandbox,
            "host" => MontyTypeOrigin.Host,
            _ => null,
        };

    private static bool TryReadId(JsonMembers members, string name, out Guid? id)
    {
        id = Guid.TryParseExact(members.GetText(name), "D", out var read) ? read : null;
        return id is not null;
    }
}
