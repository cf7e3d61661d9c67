using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>A value without what differs from run to run and means nothing: random ids become numbers, sets are put in order.</summary>
internal sealed class StableValue
{
    private readonly Dictionary<Guid, Guid> ids = [];
    private readonly Dictionary<long, long> identities = [];

    private StableValue()
    {
    }

    public static MontyValue Of(MontyValue value) => new StableValue().Stable(value);

    private MontyValue Stable(MontyValue value) => value switch
    {
        MontyList list => new MontyList(Stable(list.Items)),
        MontyTuple tuple => new MontyTuple(Stable(tuple.Items)),
        MontySet set => new MontySet(Ordered(set.Items)),
        MontyFrozenSet set => new MontyFrozenSet(Ordered(set.Items)),
        MontyDict dict => Stable(dict),
        MontyNamedTuple named => named with
        {
            Fields = named.Fields.Select(f => KeyValuePair.Create(f.Key, Stable(f.Value))).ToEquatableArray(),
        },
        MontyInstance instance => instance with
        {
            Type = Stable(instance.Type), InstanceId = Number(instance.InstanceId), Attributes = Stable(instance.Attributes),
        },
        MontyType type => Stable(type),
        MontyCycle cycle => cycle with { Identity = Number(cycle.Identity) },
        _ => value,
    };

    private EquatableArray<MontyValue> Stable(EquatableArray<MontyValue> items) => items.Select(Stable).ToEquatableArray();

    /// <summary>Ordered as they came: their ids are numbered by the place in the text, which must not depend on that order.</summary>
    private EquatableArray<MontyValue> Ordered(EquatableArray<MontyValue> items) =>
        Stable(items.OrderBy(i => MontyJson.Serialize(Of(i)), StringComparer.Ordinal).ToEquatableArray());

    private MontyDict Stable(MontyDict dict) =>
        new(dict.Pairs.Select(p => KeyValuePair.Create(Stable(p.Key), Stable(p.Value))).ToEquatableArray());

    private MontyType Stable(MontyType type) => type with
    {
        Id = type.Id is { } id ? Number(id) : null, Attributes = type.Attributes is { } attributes ? Stable(attributes) : null,
    };

    private Guid Number(Guid id)
    {
        if (!ids.TryGetValue(id, out var number)) ids.Add(id, number = new Guid(ids.Count + 1, 0, 0, new byte[8]));
        return number;
    }

    private long Number(long identity)
    {
        if (!identities.TryGetValue(identity, out var number)) identities.Add(identity, number = identities.Count + 1);
        return number;
    }
}
