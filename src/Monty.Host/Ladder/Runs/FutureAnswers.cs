using Monty.Host.Ladder.Fixtures;
using Monty.Interop;

namespace Monty.Host.Ladder.Runs;

/// <summary>Settles futures: in the groups of <c>resolveOrder</c>, one group each time the script waits, then all that are pending.</summary>
internal sealed class FutureAnswers(FutureScript script)
{
    private readonly HashSet<uint> settled = [];
    private int resolutions;

    /// <summary>What was never used; null when nothing is left.</summary>
    public string? Left
    {
        get
        {
            var groups = script.Order.Count - resolutions;
            var never = script.Outcomes.Keys.Except(settled).Order().ToList();
            return groups > 0 ? $"{groups} groups of resolveOrder left over: the script waited {resolutions} times"
                : never.Count > 0 ? $"the futures {string.Join(", ", never)} were never settled"
                : null;
        }
    }

    public Reply Settle(MontyResolveFutures waiting)
    {
        var pending = waiting.PendingCallIds;
        if (pending.Count == 0)
        {
            return Reply.Stuck("the script awaits a call of an earlier feed, which nothing can settle");
        }

        var group = resolutions < script.Order.Count ? script.Order[resolutions] : [.. pending];
        resolutions++;
        var outcomes = new Dictionary<uint, MontyAnswer>();
        foreach (var id in group)
        {
            if (!pending.Contains(id))
            {
                return Reply.Stuck($"future {id} is to be settled, and pending are {string.Join(", ", (IEnumerable<uint>)pending)}");
            }

            if (!script.Outcomes.TryGetValue(id, out var outcome))
            {
                return Reply.Stuck($"there is no outcome for future {id}");
            }

            outcomes[id] = outcome;
            settled.Add(id);
        }

        return Reply.From(MontyAnswer.Resolve(outcomes));
    }
}
