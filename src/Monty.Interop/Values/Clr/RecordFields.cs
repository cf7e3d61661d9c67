namespace Monty.Interop.Values.Clr;

/// <summary>One named field of a value.</summary>
internal sealed record RecordField(string Name, MontyValue Value);

/// <summary>The named fields of a value that can be converted to a record.</summary>
internal sealed class RecordFields
{
    private readonly List<RecordField> fields;
    private readonly bool hasPrivateNames;

    private RecordFields(IEnumerable<RecordField> fields, bool hasPrivateNames = false)
    {
        this.fields = [.. fields];
        this.hasPrivateNames = hasPrivateNames;
    }

    /// <summary>Returns the fields of an instance, a named tuple, or a dict whose keys are all str; null for other values.</summary>
    public static RecordFields? From(MontyValue value) =>
        value switch
        {
            MontyInstance instance => FromDict(instance.Attributes, hasPrivateNames: true),
            MontyDict dict => FromDict(dict),
            MontyNamedTuple named => new(named.Fields.Select(field => new RecordField(field.Key, field.Value))),
            _ => null,
        };

    public RecordField? Find(string name) => LooseName.Find(fields, field => field.Name, name);

    /// <summary>Returns the first field that was not used, or null. An attribute that starts with an underscore is private to its class, so it need not be used.</summary>
    public RecordField? FindUnused(IReadOnlyCollection<RecordField?> used) =>
        fields.FirstOrDefault(field =>
            !used.Contains(field, ReferenceEqualityComparer.Instance) && !(hasPrivateNames && field.Name.StartsWith('_'))
        );

    /// <summary>Returns another field whose name differs only in case and underscores, or null.</summary>
    public RecordField? FindAlike(RecordField field) =>
        fields.FirstOrDefault(other => !ReferenceEquals(other, field) && LooseName.AreAlike(other.Name, field.Name));

    private static RecordFields? FromDict(MontyDict dict, bool hasPrivateNames = false)
    {
        var fields = new List<RecordField>(dict.Pairs.Count);
        foreach (var (key, value) in dict.Pairs)
        {
            if (key is not MontyStr name)
            {
                return null;
            }

            fields.Add(new RecordField(name.Value, value));
        }

        return new(fields, hasPrivateNames);
    }
}
