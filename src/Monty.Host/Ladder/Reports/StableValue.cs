using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>A value without what differs from run to run and means nothing: random ids become numbers, sets are put in order.</summary>
internal static class StableValue
{
    private static readonly ValueRebuild WithoutIds = new(_ => Guid.Empty, _ => 0, members => members);

    public static MontyValue From(MontyValue value)
    {
        // In order first, by texts without ids: the numbers are given by the place in the whole.
        var ordered = new ValueRebuild(id => id, identity => identity, InOrder).Rebuild(value);
        var (ids, identities) = (new Dictionary<Guid, Guid>(), new Dictionary<long, long>());
        return new ValueRebuild(Number, NumberIdentity, members => members).Rebuild(ordered);

        Guid Number(Guid id) => ids.TryGetValue(id, out var number) ? number : ids[id] = new Guid(ids.Count + 1, 0, 0, new byte[8]);
        long NumberIdentity(long identity) =>
            identities.TryGetValue(identity, out var number) ? number : identities[identity] = identities.Count + 1;
    }

    private static IEnumerable<MontyValue> InOrder(IEnumerable<MontyValue> members) =>
        members.OrderBy(member => MontyJson.Serialize(WithoutIds.Rebuild(member)), StringComparer.Ordinal);
}
