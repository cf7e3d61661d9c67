using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>Resolves the next group of <c>resolveOrder</c> each time the script waits.</summary>
/// <remarks>After the last group, it resolves all pending futures together.</remarks>
internal sealed class FutureAnswers(FuturePlan plan)
{
    private readonly HashSet<uint> resolved = [];
    private int resolutions;

    /// <summary>A message about the outcomes that were not used, or null if all outcomes were used.</summary>
    public string? Unused
    {
        get
        {
            var unusedGroups = plan.Order.Count - resolutions;
            if (unusedGroups > 0)
            {
                return $"the script waited {resolutions} time(s), so {unusedGroups} group(s) of resolveOrder were not used";
            }

            var unresolved = plan.Outcomes.Keys.Except(resolved).Order().ToList();
            return unresolved.Count > 0 ? $"the futures {string.Join(", ", unresolved)} were not resolved" : null;
        }
    }

    public Reply Resolve(MontyResolveFutures suspension)
    {
        var pending = suspension.PendingCallIds;
        if (pending.Count == 0)
        {
            return Reply.CannotAnswer("the script awaits a call of an earlier feed, which cannot be resolved");
        }

        var group = resolutions < plan.Order.Count ? plan.Order[resolutions] : [.. pending];
        resolutions++;
        var outcomes = new Dictionary<uint, MontyAnswer>();
        foreach (var id in group)
        {
            if (!pending.Contains(id))
            {
                return Reply.CannotAnswer($"resolveOrder resolves future {id}, but the pending futures are {string.Join(", ", pending)}");
            }

            if (!plan.Outcomes.TryGetValue(id, out var outcome))
            {
                return Reply.CannotAnswer($"the fixture has no outcome for future {id}");
            }

            outcomes[id] = outcome;
            resolved.Add(id);
        }

        return Reply.From(MontyAnswer.Resolve(outcomes));
    }
}
