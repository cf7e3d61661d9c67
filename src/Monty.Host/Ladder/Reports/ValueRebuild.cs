using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>Copies values, innermost first, and replaces ids and the order of sets.</summary>
/// <param name="replaceId">Replaces the id of an instance or a class.</param>
/// <param name="replaceIdentity">Replaces the identity to which a cycle refers.</param>
/// <param name="orderMembers">Orders the members of a set, which are copies.</param>
internal sealed class ValueRebuild(
    Func<Guid, Guid> replaceId,
    Func<long, long> replaceIdentity,
    Func<IEnumerable<MontyValue>, IEnumerable<MontyValue>> orderMembers
)
{
    public MontyValue Rebuild(MontyValue value) =>
        value switch
        {
            MontyList list => new MontyList(list.Items.Select(Rebuild).ToEquatableArray()),
            MontyTuple tuple => new MontyTuple(tuple.Items.Select(Rebuild).ToEquatableArray()),
            MontySet set => new MontySet(orderMembers(set.Items.Select(Rebuild)).ToEquatableArray()),
            MontyFrozenSet set => new MontyFrozenSet(orderMembers(set.Items.Select(Rebuild)).ToEquatableArray()),
            MontyDict dict => Rebuild(dict),
            MontyNamedTuple named => Rebuild(named),
            MontyInstance instance => Rebuild(instance),
            MontyType type => Rebuild(type),
            MontyCycle cycle => cycle with { Identity = replaceIdentity(cycle.Identity) },
            _ => value,
        };

    private MontyNamedTuple Rebuild(MontyNamedTuple named) =>
        new(named.Name, named.Fields.Select(f => KeyValuePair.Create(f.Key, Rebuild(f.Value))).ToEquatableArray());

    private MontyInstance Rebuild(MontyInstance instance) =>
        new(Rebuild(instance.Type), replaceId(instance.InstanceId), Rebuild(instance.Attributes));

    private MontyDict Rebuild(MontyDict dict) =>
        new(dict.Pairs.Select(p => KeyValuePair.Create(Rebuild(p.Key), Rebuild(p.Value))).ToEquatableArray());

    private MontyType Rebuild(MontyType type)
    {
        Guid? id = type.Id is null ? null : replaceId(type.Id.Value);
        var attributes = type.Attributes is null ? null : Rebuild(type.Attributes);
        return type with { Id = id, Attributes = attributes };
    }
}
