namespace Monty.Interop.Values.Clr;

/// <summary>One named field of a value.</summary>
internal sealed record RecordField(string Name, MontyValue Value);

/// <summary>The named fields of a value that can fill a record.</summary>
internal sealed class RecordFields
{
    private readonly List<RecordField> fields;
    private readonly bool hasPrivateNames;

    private RecordFields(IEnumerable<RecordField> fields, bool hasPrivateNames = false)
    {
        this.fields = [.. fields];
        this.hasPrivateNames = hasPrivateNames;
    }

    /// <summary>Null when the value has no named fields.</summary>
    public static RecordFields? From(MontyValue value) =>
        value switch
        {
            MontyInstance instance => Named(instance.Attributes) is { } attributes ? new(attributes, hasPrivateNames: true) : null,
            MontyDict dict => Named(dict) is { } entries ? new(entries) : null,
            MontyNamedTuple named => new(named.Fields.Select(field => new RecordField(field.Key, field.Value))),
            _ => null,
        };

    public RecordField? Find(string name) => LooseName.Find(fields, field => field.Name, name);

    /// <summary>The first field that is not among the ones that were used; null when there is none. Attributes of a class that start with an underscore are its own.</summary>
    public RecordField? FindUnused(IReadOnlyCollection<RecordField?> used) =>
        fields.FirstOrDefault(field =>
            !used.Contains(field, ReferenceEqualityComparer.Instance) && !(hasPrivateNames && field.Name.StartsWith('_'))
        );

    /// <summary>Another field whose name differs in case and underscores only.</summary>
    public RecordField? FindAlike(RecordField field) =>
        fields.FirstOrDefault(other => !ReferenceEquals(other, field) && LooseName.AreAlike(other.Name, field.Name));

    private static IEnumerable<RecordField>? Named(MontyDict dict) =>
        dict.Pairs.All(pair => pair.Key is MontyStr)
            ? dict.Pairs.Select(pair => new RecordField(((MontyStr)pair.Key).Value, pair.Value))
            : null;
}
