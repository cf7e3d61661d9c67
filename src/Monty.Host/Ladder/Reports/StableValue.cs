using Monty.Interop;

namespace Monty.Host.Ladder.Reports;

/// <summary>Removes differences between runs that have no meaning: random ids become sequential numbers, and sets are sorted.</summary>
internal static class StableValue
{
    private static readonly ValueRebuild WithoutIds = new(_ => Guid.Empty, _ => 0, members => members);

    public static MontyValue From(MontyValue value)
    {
        // Sets are sorted first, by their text without ids, because the numbers depend on the order of the ids in the whole value.
        var sorted = new ValueRebuild(id => id, identity => identity, Sort).Rebuild(value);
        var ids = new Dictionary<Guid, Guid>();
        var identities = new Dictionary<long, long>();
        return new ValueRebuild(GetNumber, GetIdentityNumber, members => members).Rebuild(sorted);

        Guid GetNumber(Guid id)
        {
            if (!ids.TryGetValue(id, out var number))
            {
                number = new Guid(ids.Count + 1, 0, 0, new byte[8]);
                ids.Add(id, number);
            }

            return number;
        }

        long GetIdentityNumber(long identity)
        {
            if (!identities.TryGetValue(identity, out var number))
            {
                number = identities.Count + 1;
                identities.Add(identity, number);
            }

            return number;
        }
    }

    private static IEnumerable<MontyValue> Sort(IEnumerable<MontyValue> members) =>
        members.OrderBy(member => MontyJson.Serialize(WithoutIds.Rebuild(member)), StringComparer.Ordinal);
}
