using Monty.Actors;
using Monty.Actors.Persistence;

namespace Monty.Load;

/// <summary>What the store and the logs say once all is over.</summary>
internal sealed class Verdict(CrashWork work, LogFolder logs)
{
    private readonly List<string> problems = [];
    private readonly HashSet<string> keys = [];

    /// <summary>The calls that were announced.</summary>
    public int Calls { get; private set; }

    /// <summary>Acknowledged answers that are not in the story, calls that had no effect, and effects that had no call.</summary>
    public int Lost { get; private set; }

    /// <summary>Commands and calls that stand in the story more than once, and calls whose attempts differed.</summary>
    public int Twice { get; private set; }

    /// <summary>Calls and sessions that have not ended.</summary>
    public int Open { get; private set; }

    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Problems => problems;

    public async Task ReadAsync(SessionStore store)
    {
        var acks = LogFolder.Read(logs.Acks).ToLookup(words => words[0], words => words[1]);
        var effects = LogFolder.Read(logs.Effects).ToLookup(words => words[0], words => words[1]);
        foreach (var id in work.Ids)
        {
            Check(id, await HistoryAsync(store, id), acks[id.ToString()], effects);
        }

        foreach (var key in effects.Select(e => e.Key).Where(k => !keys.Contains(k)))
        {
            Note(() => Lost++, $"{key}: there was an effect, and the story has no such call");
        }

        if (Calls != work.TotalCalls)
        {
            problems.Add($"{work.TotalCalls} calls were to be made, and {Calls} were");
        }
    }

    private void Check(SessionId id, List<SessionEvent> story, IEnumerable<string> acknowledged, ILookup<string, string> effects)
    {
        var calls = new CallStories(story);
        Calls += calls.Announced.Count;
        foreach (var (callId, count) in calls.Ends.Where(e => e.Value != 1))
        {
            Note(() => Twice++, $"{id}: call {callId} ended {count} times");
        }

        foreach (var callId in calls.Announced.Keys.Where(c => !calls.Ends.ContainsKey(c)))
        {
            Note(() => Open++, $"{id}: call {callId} is open");
        }

        foreach (var again in calls.Repeated)
        {
            Note(() => Twice++, $"{id}: {again} stands in the story more than once");
        }

        foreach (var lost in acknowledged.Where(a => !calls.Commands.Contains(a)))
        {
            Note(() => Lost++, $"{id}: {lost} was acknowledged and is not in the story");
        }

        foreach (var (callId, call) in calls.Announced.Where(c => c.Value.Kind == CallKind.Handler))
        {
            CheckEffects($"{id}/1/{callId}", call.ArgumentsHash, effects);
        }

        CheckEnd(id, story);
    }

    private void CheckEffects(string key, string hash, ILookup<string, string> effects)
    {
        keys.Add(key);
        if (!effects[key].Any())
        {
            Note(() => Lost++, $"{key}: the call had no effect");
        }
        else if (effects[key].Any(h => h != hash))
        {
            Note(() => Twice++, $"{key}: its attempts had different arguments");
        }
    }

    private void CheckEnd(SessionId id, List<SessionEvent> story)
    {
        var ends = story.OfType<FeedEnded>().ToList();
        if (ends.Count == 0)
        {
            Note(() => Open++, $"{id}: the feed has not ended. {story.OfType<SessionQuarantined>().LastOrDefault()}");
        }
        else if (ends.Count > 1)
        {
            Note(() => Twice++, $"{id}: the feed ended {ends.Count} times");
        }
        else if (ends[0].Outcome != work.Expected(id))
        {
            problems.Add($"{id}: ended with {ends[0].Outcome} instead of {work.Expected(id)}");
        }
    }

    private void Note(Action count, string problem)
    {
        count();
        problems.Add(problem);
    }

    private static async Task<List<SessionEvent>> HistoryAsync(SessionStore store, SessionId id)
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
