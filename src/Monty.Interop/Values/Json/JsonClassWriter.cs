namespace Monty.Interop.Values.Json;

/// <summary>Writes named tuples, classes and instances, and the objects and lists of pairs that hold attributes and dict items.</summary>
internal sealed class JsonClassWriter(JsonOutput output, JsonValueWriter values)
{
    public void Write(MontyNamedTuple named)
    {
        output.OpenTag(JsonTag.NamedTuple);
        output.OpenObject();
        output.WriteMember("type", named.Name);
        output.EnterMember("fields");
        WriteAttributes(ToDict(named.Fields));
        output.Leave();
        output.CloseObject();
        output.CloseTag();
    }

    private static MontyDict ToDict(EquatableArray<KeyValuePair<string, MontyValue>> fields)
    {
        var pairs = new KeyValuePair<MontyValue, MontyValue>[fields.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new(fields[i].Key, fields[i].Value);
        }

        return new(new EquatableArray<KeyValuePair<MontyValue, MontyValue>>(pairs));
    }

    public void Write(MontyInstance instance)
    {
        var type = instance.Type;
        output.OpenTag(type.IsDataclass ? JsonTag.Dataclass : JsonTag.Instance);
        output.OpenObject();
        output.WriteMember("type", type.Name);
        output.EnterMember("fields");
        WriteAttributes(instance.Attributes);
        output.Leave();
        output.WriteMember("origin", FormatOrigin(type));
        // The reader derives an id where the member is absent, so a type without an id is written with null.
        if (type.Id is null)
        {
            output.Writer.WriteNull("type_id");
        }
        else
        {
            output.WriteMember("type_id", type.Id.ToString());
        }

        output.WriteMember("id", instance.InstanceId.ToString());
        WriteOptionalAttributes("type_attributes", type.Attributes);
        output.CloseObject();
        output.CloseTag();
    }

    public void Write(MontyType type)
    {
        if (type is { Origin: MontyTypeOrigin.Builtin, Id: null, IsDataclass: false, Attributes: null })
        {
            output.WriteTagged(JsonTag.Type, type.Name);
            return;
        }

        output.OpenTag(JsonTag.Type);
        output.OpenObject();
        output.WriteMember("name", type.Name);
        output.WriteMember("origin", FormatOrigin(type));
        output.WriteMember("id", type.Id?.ToString());
        if (type.IsDataclass)
        {
            output.Writer.WriteBoolean("dataclass", true);
        }

        WriteOptionalAttributes("attributes", type.Attributes);
        output.CloseObject();
        output.CloseTag();
    }

    private void WriteOptionalAttributes(string name, MontyDict? attributes)
    {
        if (attributes is null)
        {
            return;
        }

        output.EnterMember(name);
        WriteAttributes(attributes);
        output.Leave();
    }

    private string FormatOrigin(MontyType type) =>
        type.Origin switch
        {
            MontyTypeOrigin.Builtin => "builtin",
            MontyTypeOrigin.Sandbox => "sandbox",
            MontyTypeOrigin.Host => "host",
            _ => throw output.CreateException(
                $"The class {ValuePath.Shorten(type.Name)} has no valid origin; use Builtin, Sandbox or Host"
            ),
        };

    /// <summary>Returns true when the keys can be the names of an object's members: distinct str keys, none longer than <see cref="JsonOutput.MaxNameLength"/>.</summary>
    public static bool HasDistinctNames(MontyDict dict)
    {
        if (dict.Pairs.Count <= 1)
        {
            return dict.Pairs.Count == 0 || dict.Pairs[0].Key is MontyStr { Value.Length: <= JsonOutput.MaxNameLength };
        }

        var names = new HashSet<string>(dict.Pairs.Count, StringComparer.Ordinal);
        foreach (var pair in dict.Pairs)
        {
            if (pair.Key is not MontyStr { Value.Length: <= JsonOutput.MaxNameLength } name || !names.Add(name.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes attributes or fields as an object if their names allow it, otherwise as pairs. The reader does not look for tags there.</summary>
    private void WriteAttributes(MontyDict attributes)
    {
        if (HasDistinctNames(attributes))
        {
            WriteObject(attributes);
        }
        else
        {
            WritePairs(attributes);
        }
    }

    public void WriteObject(MontyDict dict)
    {
        output.OpenObject();
        foreach (var pair in dict.Pairs)
        {
            values.WriteMember(((MontyStr)pair.Key).Value, pair.Value);
        }

        output.CloseObject();
    }

    public void WritePairs(MontyDict dict)
    {
        output.OpenArray();
        for (var i = 0; i < dict.Pairs.Count; i++)
        {
            output.EnterItem(i);
            output.OpenArray();
            values.WriteItem(0, dict.Pairs[i].Key);
            values.WriteItem(1, dict.Pairs[i].Value);
            output.CloseArray();
            output.Leave();
        }

        output.CloseArray();
    }
}
