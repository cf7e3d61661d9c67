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
    public MontyValue Of(MontyValue value) =>
        value switch
        {
            MontyList list => new MontyList(list.Items.Select(Of).ToEquatableArray()),
            MontyTuple tuple => new MontyTuple(tuple.Items.Select(Of).ToEquatableArray()),
            MontySet set => new MontySet(members(set.Items.Select(Of)).ToEquatableArray()),
            MontyFrozenSet set => new MontyFrozenSet(members(set.Items.Select(Of)).ToEquatableArray()),
            MontyDict dict => Of(dict),
            MontyNamedTuple named => new MontyNamedTuple(
                named.Name,
                named.Fields.Select(f => KeyValuePair.Create(f.Key, Of(f.Value))).ToEquatableArray()
            ),
            MontyInstance instance => new MontyInstance(Of(instance.Type), id(instance.InstanceId), Of(instance.Attributes)),
            MontyType type => Of(type),
            MontyCycle cycle => cycle with { Identity = identity(cycle.Identity) },
            _ => value,
        };

    private MontyDict Of(MontyDict dict) => new(dict.Pairs.Select(p => KeyValuePair.Create(Of(p.Key), Of(p.Value))).ToEquatableArray());

    private MontyType Of(MontyType type)
    {
        Guid? typeId = type.Id is { } known ? id(known) : null;
        return type with { Id = typeId, Attributes = type.Attributes is { } attributes ? Of(attributes) : null };
    }
}
