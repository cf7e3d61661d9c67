using Monty.Actors;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Load;

/// <summary>Compares the store with the logs and the files after a crash test.</summary>
internal sealed class Verdict(CrashWork work, LogFolder logs)
{
    private readonly CrashScripts scripts = work.Scripts;
    private readonly HashSet<string> keys = [];
    private ILookup<string, string> acks = Enumerable.Empty<string>().ToLookup(a => a);
    private ILookup<string, string> effects = Enumerable.Empty<string>().ToLookup(e => e);

    /// <summary>The number of announced calls of tools, without those of the canceled feeds.</summary>
    public int Calls { get; private set; }

    /// <summary>The number of quarantines, which the kills of workers and engines cause. Those with other reasons are not released, so their feeds are open.</summary>
    public int Quarantines { get; private set; }

    /// <summary>The violations that were found.</summary>
    public Findings Findings { get; } = new();

    /// <summary>Reads the histories of the sessions and their forks.</summary>
    public static async Task<IReadOnlyDictionary<SessionId, IReadOnlyList<SessionEvent>>> ReadHistoriesAsync(
        SessionStore store,
        CrashWork work
    )
    {
        Dictionary<SessionId, IReadOnlyList<SessionEvent>> histories = [];
        foreach (var id in work.Ids.SelectMany(id => (SessionId[])[id, CrashWork.ForkOf(id)]))
        {
            histories[id] = await ReadHistoryAsync(store, id);
        }

        return histories;
    }

    /// <summary>Checks the histories.</summary>
    /// <param name="histories">The events of each session and each fork.</param>
    public void Check(IReadOnlyDictionary<SessionId, IReadOnlyList<SessionEvent>> histories)
    {
        acks = LogFolder.Read(logs.Acks).ToLookup(words => words[0], words => words[1]);
        effects = LogFolder.Read(logs.Effects).ToLookup(words => words[0], words => words[1]);
        var files = new FileVerdict(scripts, logs, Findings);
        foreach (var id in work.Ids)
        {
            var source = new SessionHistory(histories[id]);
            var fork = new SessionHistory(histories[CrashWork.ForkOf(id)]);
            CheckSession(id, source, isFork: false);
            CheckSession(id, fork, isFork: true);
            CheckFork(id, source, fork);
            files.Check(id, source, isFork: false);
            files.Check(CrashWork.ForkOf(id), fork, isFork: true);
        }

        foreach (var key in effects.Select(e => e.Key).Where(k => !keys.Contains(k)))
        {
            Findings.AddLost($"{key}: a handler ran, but the history does not contain the call");
        }

        foreach (var refusal in LogFolder.Read(logs.Refusals))
        {
            Findings.AddLost(string.Join(' ', refusal));
        }

        if (Calls != work.TotalCalls)
        {
            Findings.AddLost($"expected {work.TotalCalls} calls, but the history contains {Calls}");
        }
    }

    private void CheckSession(SessionId source, SessionHistory history, bool isFork)
    {
        var id = isFork ? CrashWork.ForkOf(source) : source;
        foreach (var duplicate in history.Duplicates)
        {
            Findings.AddDuplicate($"{id}: {duplicate} occurs more than once in the history, or where it cannot");
        }

        Quarantines += history.Events.Skip(history.Copied.Count).OfType<SessionQuarantined>().Count();
        CheckAcks(id, history);
        foreach (var (signal, kept) in history.KeptSignals.Where(s => s.Value != 0))
        {
            if (kept > 0)
            {
                Findings.AddOpen($"{id}: no call took the signal {signal}");
            }
            else
            {
                Findings.AddDuplicate($"{id}: calls took the signal {signal} more often than it was received");
            }
        }

        int[] expected = isFork ? [CrashScripts.Last] : [CrashScripts.First, CrashScripts.Canceled, CrashScripts.Later, CrashScripts.Last];
        foreach (var missing in expected.Except(history.Feeds.Select(f => f.Number)))
        {
            Findings.AddOpen($"{id}: feed {missing} has not started");
        }

        foreach (var feed in history.Feeds)
        {
            CheckCalls(id, feed);
            CheckEnd(id, feed, history, scripts.GetOutcome(source, feed.Number, isFork));
        }
    }

    private void CheckAcks(SessionId id, SessionHistory history)
    {
        foreach (var command in acks[id.ToString()].GroupBy(a => a))
        {
            if (!history.Commands.Contains(command.Key))
            {
                Findings.AddLost($"{id}: {command.Key} was acknowledged, but is not in the history");
            }

            if (command.Count() > 1)
            {
                Findings.AddDuplicate($"{id}: {command.Key} was accepted {command.Count()} times");
            }
        }

        foreach (var rival in history.Commands.Where(c => c.StartsWith(SessionClient.RivalPrefix, StringComparison.Ordinal)))
        {
            Findings.AddDuplicate($"{id}: {rival} was accepted, which answers a call that was answered before");
        }
    }

    private void CheckCalls(SessionId id, FeedHistory feed)
    {
        if (feed.Number != CrashScripts.Canceled)
        {
            Calls += feed.ToolCalls;
        }

        foreach (var (callId, count) in feed.EndCounts.Where(e => e.Value != 1))
        {
            Findings.AddDuplicate($"{id}: call {callId} of feed {feed.Number} ended {count} times");
        }

        foreach (var callId in feed.EndCounts.Keys.Where(c => !feed.Announced.ContainsKey(c)))
        {
            Findings.AddLost($"{id}: call {callId} of feed {feed.Number} ended, but was not announced");
        }

        foreach (var callId in feed.Announced.Keys.Where(c => !feed.EndCounts.ContainsKey(c)))
        {
            Findings.AddOpen($"{id}: call {callId} of feed {feed.Number} is open");
        }

        foreach (var (callId, call) in feed.Announced.Where(c => c.Value is { Kind: CallKind.Handler, Call: MontyFunctionCall }))
        {
            CheckEffects($"{id}/{feed.Number}/{callId}", call.ArgumentsHash, feed.Answered.Contains(callId));
        }
    }

    private void CheckEffects(string key, string hash, bool wasAnswered)
    {
        keys.Add(key);
        if (effects[key].Any(h => h != hash))
        {
            Findings.AddDuplicate($"{key}: its attempts had different arguments");
        }
        else if (wasAnswered && !effects[key].Any())
        {
            Findings.AddLost($"{key}: the handler of the call did not run");
        }
    }

    private void CheckEnd(SessionId id, FeedHistory feed, SessionHistory history, FeedOutcome expected)
    {
        if (feed.Outcomes.Count == 0)
        {
            Findings.AddOpen(
                $"{id}: feed {feed.Number} has not ended. {history.Events.OfType<SessionQuarantined>().LastOrDefault()}".TrimEnd()
            );
        }
        else if (feed.Outcomes.Count > 1)
        {
            Findings.AddDuplicate($"{id}: feed {feed.Number} ended {feed.Outcomes.Count} times");
        }
        else if (feed.Outcomes[0] != expected)
        {
            Findings.AddLost($"{id}: feed {feed.Number} ended with {feed.Outcomes[0]} instead of {expected}");
        }

        if (feed.Number != CrashScripts.Canceled && feed.Stops.Contains(SessionClient.CancelId))
        {
            Findings.AddDuplicate($"{id}: the cancel of feed {CrashScripts.Canceled} also hit feed {feed.Number}");
        }
    }

    /// <summary>Checks that there is one fork, that it starts with the history of its source, and that its source did not change.</summary>
    private void CheckFork(SessionId id, SessionHistory source, SessionHistory fork)
    {
        if (source.Forks.Count > 0)
        {
            Findings.AddDuplicate($"{id}: the session itself was started as a fork");
        }

        if (fork.Forks.Count == 0)
        {
            Findings.AddOpen($"{id}: the session has not been forked");
            return;
        }

        if (fork.Forks.Count > 1)
        {
            Findings.AddDuplicate($"{id}: the session was forked {fork.Forks.Count} times into {CrashWork.ForkOf(id)}");
        }

        var forked = fork.Forks[0];
        if (
            forked.Source != id.Name
            || fork.Copied.Count != forked.Version
            || !fork.Copied.SequenceEqual(source.Events.Take(fork.Copied.Count))
        )
        {
            Findings.AddLost(
                $"{CrashWork.ForkOf(id)}: its history does not start with the history of its source up to version {forked.Version}"
            );
        }
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
