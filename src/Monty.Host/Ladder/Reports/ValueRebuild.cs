using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>Copies values from the inside out, with other ids and another order of sets.</summary>
/// <param name="id">Gives the id of an instance or a class.</param>
/// <param name="identity">Gives what a cycle refers to.</param>
/// <param name="members">Gives the members of a set, copied already.</param>
internal sealed class ValueRebuild(
    Func<Guid, Guid> id,
    Func<long, long> identity,
    Func<IEnumerable<MontyValue>, IEnumerable<MontyValue>> members
)
{
    public MontyValue Rebuild(MontyValue value) =>
        value switch
        {
            MontyList list => new MontyList(list.Items.Select(Rebuild).ToEquatableArray()),
            MontyTuple tuple => new MontyTuple(tuple.Items.Select(Rebuild).ToEquatableArray()),
            MontySet set => new MontySet(members(set.Items.Select(Rebuild)).ToEquatableArray()),
            MontyFrozenSet set => new MontyFrozenSet(members(set.Items.Select(Rebuild)).ToEquatableArray()),
            MontyDict dict => Rebuild(dict),
            MontyNamedTuple named => new MontyNamedTuple(
                named.Name,
                named.Fields.Select(f => KeyValuePair.Create(f.Key, Rebuild(f.Value))).ToEquatableArray()
            ),
            MontyInstance instance => new MontyInstance(Rebuild(instance.Type), id(instance.InstanceId), Rebuild(instance.Attributes)),
            MontyType type => Rebuild(type),
            MontyCycle cycle => cycle with { Identity = identity(cycle.Identity) },
            _ => value,
        };

    private MontyDict Rebuild(MontyDict dict) =>
        new(dict.Pairs.Select(p => KeyValuePair.Create(Rebuild(p.Key), Rebuild(p.Value))).ToEquatableArray());

    private MontyType Rebuild(MontyType type)
    {
        Guid? typeId = type.Id is { } known ? id(known) : null;
        return type with { Id = typeId, Attributes = type.Attributes is { } attributes ? Rebuild(attributes) : null };
    }
}
