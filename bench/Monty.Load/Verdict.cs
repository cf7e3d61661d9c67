using Monty.Actors;
using Monty.Actors.Persistence;

namespace Monty.Load;

/// <summary>Compares the store with the logs after a crash test.</summary>
internal sealed class Verdict(CrashWork work, LogFolder logs)
{
    private readonly List<string> problems = [];
    private readonly HashSet<string> keys = [];

    /// <summary>The number of announced calls.</summary>
    public int Calls { get; private set; }

    /// <summary>The number of acknowledged answers that are not in the history, calls without an effect, and effects without a call.</summary>
    public int Lost { get; private set; }

    /// <summary>The number of duplicate commands and calls in the history, and of calls whose attempts had different arguments.</summary>
    public int Duplicated { get; private set; }

    /// <summary>The number of calls and sessions that have not ended.</summary>
    public int Open { get; private set; }

    /// <summary>The problems that were found.</summary>
    public IReadOnlyList<string> Problems => problems;

    public async Task ReadAsync(SessionStore store)
    {
        var acks = LogFolder.Read(logs.Acks).ToLookup(words => words[0], words => words[1]);
        var effects = LogFolder.Read(logs.Effects).ToLookup(words => words[0], words => words[1]);
        foreach (var id in work.Ids)
        {
            Check(id, await ReadHistoryAsync(store, id), acks[id.ToString()], effects);
        }

        foreach (var key in effects.Select(e => e.Key).Where(k => !keys.Contains(k)))
        {
            AddProblem(() => Lost++, $"{key}: a handler ran, but the history does not contain the call");
        }

        if (Calls != work.TotalCalls)
        {
            problems.Add($"expected {work.TotalCalls} calls, but the history contains {Calls}");
        }
    }

    private void Check(SessionId id, List<SessionEvent> history, IEnumerable<string> acknowledged, ILookup<string, string> effects)
    {
        var calls = new CallHistory(history);
        Calls += calls.Announced.Count;
        foreach (var (callId, count) in calls.EndCounts.Where(e => e.Value != 1))
        {
            AddProblem(() => Duplicated++, $"{id}: call {callId} ended {count} times");
        }

        foreach (var callId in calls.Announced.Keys.Where(c => !calls.EndCounts.ContainsKey(c)))
        {
            AddProblem(() => Open++, $"{id}: call {callId} is open");
        }

        foreach (var duplicate in calls.Duplicates)
        {
            AddProblem(() => Duplicated++, $"{id}: {duplicate} occurs more than once in the history");
        }

        foreach (var lost in acknowledged.Where(a => !calls.Commands.Contains(a)))
        {
            AddProblem(() => Lost++, $"{id}: {lost} was acknowledged, but is not in the history");
        }

        foreach (var (callId, call) in calls.Announced.Where(c => c.Value.Kind == CallKind.Handler))
        {
            CheckEffects($"{id}/1/{callId}", call.ArgumentsHash, effects);
        }

        CheckEnd(id, history);
    }

    private void CheckEffects(string key, string hash, ILookup<string, string> effects)
    {
        keys.Add(key);
        if (!effects[key].Any())
        {
            AddProblem(() => Lost++, $"{key}: the handler of the call did not run");
        }
        else if (effects[key].Any(h => h != hash))
        {
            AddProblem(() => Duplicated++, $"{key}: its attempts had different arguments");
        }
    }

    private void CheckEnd(SessionId id, List<SessionEvent> history)
    {
        var ends = history.OfType<FeedEnded>().ToList();
        if (ends.Count == 0)
        {
            AddProblem(() => Open++, $"{id}: the feed has not ended. {history.OfType<SessionQuarantined>().LastOrDefault()}");
        }
        else if (ends.Count > 1)
        {
            AddProblem(() => Duplicated++, $"{id}: the feed ended {ends.Count} times");
        }
        else if (ends[0].Outcome != work.GetExpectedOutcome(id))
        {
            problems.Add($"{id}: ended with {ends[0].Outcome} instead of {work.GetExpectedOutcome(id)}");
        }
    }

    private void AddProblem(Action count, string problem)
    {
        count();
        problems.Add(problem);
    }

    private static async Task<List<SessionEvent>> ReadHistoryAsync(SessionStore store, SessionId id)
    {
        List<SessionEvent> history = [];
        await store.ReadAsync(
            PersistenceIds.For(id),
            1,
            long.MaxValue,
            long.MaxValue,
            row => history.AddRange(ChangeCodec.Read(Actors.Persistence.Proto.Change.Parser.ParseFrom(row.Payload.Span)).Events),
            CancellationToken.None
        );
        return history;
    }
}
