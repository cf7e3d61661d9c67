namespace Monty.Interop.Values.Clr;

/// <summary>The named fields of a value that can fill a record.</summary>
internal sealed class RecordFields
{
    private readonly List<Field> fields;

    private RecordFields(List<Field> fields) => this.fields = fields;

    /// <summary>Null when the value has no named fields.</summary>
    public static RecordFields? From(MontyValue value) =>
        value switch
        {
            MontyInstance instance => From(instance.Attributes),
            MontyDict dict => dict.Pairs.All(pair => pair.Key is MontyStr)
                ? new([.. dict.Pairs.Select(pair => new Field(((MontyStr)pair.Key).Value, pair.Value))])
                : null,
            MontyNamedTuple named => new([.. named.Fields.Select(field => new Field(field.Key, field.Value))]),
            _ => null,
        };

    public (string Name, MontyValue Value)? Find(string name) =>
        LooseName.Find(fields, field => field.Name, name) is { } field ? (field.Name, field.Value) : null;

    private sealed record Field(string Name, MontyValue Value);
}
