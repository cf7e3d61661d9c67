using System.Text;
using System.Text.RegularExpressions;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Rebuilds an interpreter from a session's story: its turns are run again with the answers that were recorded, and what they do is compared with what is recorded.</summary>
/// <remarks>
/// Compared are the kind, name and arguments of what is asked, the pending futures as a set, the outcome, and the printed text of a turn. Classes and
/// instances of the sandbox have random ids, which are renamed by where they first appeared. For one rebuild and one thread.
/// </remarks>
internal sealed partial class Rebuild(TurnRunner turns, SessionId session)
{
    private readonly Dictionary<string, string> liveIds = [];

    /// <summary>Runs the turns of a story that end after a version.</summary>
    /// <param name="story">All facts of the session, in order.</param>
    /// <param name="dump">The interpreter to go on from; null for none.</param>
    /// <param name="version">The version that it includes; 0 for none.</param>
    /// <param name="cancellationToken">Ends the turn that runs.</param>
    /// <returns>The interpreter after the last turn of the story; null where there was none.</returns>
    /// <exception cref="RebuildException">A turn did something else than the story says.</exception>
    public async Task<MontyDump?> RunAsync(IReadOnlyList<SessionEvent> story, MontyDump? dump, long version, CancellationToken cancellationToken)
    {
        var state = SessionState.None;
        for (var i = 0; i < story.Count;)
        {
            var length = TurnLength(story, i, state);
            var turn = story.Skip(i).Take(Math.Max(length, 1)).ToList();
            if (length > 0 && i >= version) dump = await RunTurnAsync(state, turn, i + 1, dump, cancellationToken).ConfigureAwait(false);
            state = SessionFold.Apply(state, turn);
            i += turn.Count;
        }

        return dump;
    }

    /// <summary>How many facts from here on are what one turn led to; 0 where the fact here is none of a turn.</summary>
    private static int TurnLength(IReadOnlyList<SessionEvent> story, int start, SessionState state)
    {
        if (state.Feed is not { } feed || (feed is { Stopping: not null, Pending: null })) return 0;
        for (var i = start; i < story.Count; i++)
        {
            switch (story[i])
            {
                case FeedEnded:
                    return i + 1 < story.Count && story[i + 1] is SessionClosed ? 0 : i - start + 1;
                case CallAnnounced { IsDeferred: false }:
                    return i - start + 1;
                case FuturesAwaited when i + 1 >= story.Count || story[i + 1] is not FuturesDelivered:
                    return i - start + 1;
                case TextPrinted or Resolved or CallAnnounced or CallDropped or FuturesAwaited or FuturesDelivered:
                    continue;
                default:
                    return 0;
            }
        }

        return 0;
    }

    private async Task<MontyDump?> RunTurnAsync(SessionState state, List<SessionEvent> facts, long version, MontyDump? dump, CancellationToken cancellationToken)
    {
        if (facts is [FeedEnded { Outcome: FeedOutcome.Rejected }]) return dump; // nothing ran
        if (facts[0] is FuturesDelivered given) state = SessionFold.Apply(state, given);
        var request = SessionCore.TurnDue(state) ?? throw new RebuildException(version, "a turn", "no turn was due");
        if (request is AnswerTurn answer) request = new AnswerTurn(answer.Suspension, ToLive(answer.Answer));
        var asked = new Queue<SessionEvent>(facts.Skip(facts[0] is FuturesDelivered ? 1 : 0).Where(f => f is not (TextPrinted or CallDropped)));
        var printed = new StringBuilder();
        var result = await turns.RunAsync(session, state.Setup!, dump, request, suspension => request is AbortTurn ? null : Next(state, suspension, asked, version), text => printed.Append(text), isReplay: true, cancellationToken).ConfigureAwait(false);
        if (request is AbortTurn) return result.Dump;
        var recordedText = string.Concat(facts.OfType<TextPrinted>().Select(p => p.Text));
        if (printed.ToString() != recordedText) throw new RebuildException(version, $"printed {Quote(recordedText)}", $"printed {Quote(printed.ToString())}");
        CompareEnd(asked, result.Progress, version);
        return result.Dump;
    }

    /// <summary>The recorded answer to what is asked; null at the last of the turn.</summary>
    private MontyAnswer? Next(SessionState state, MontySuspension suspension, Queue<SessionEvent> asked, long version)
    {
        if (asked.Count <= 1 && asked.TryPeek(out var last) && last is not (Resolved or CallAnnounced { IsDeferred: true })) return null;
        switch (asked.TryDequeue(out var fact) ? fact : null)
        {
            case Resolved resolved:
                Compare(resolved.Suspension, suspension, version);
                return ToLive(resolved.Answer);
            case CallAnnounced { IsDeferred: true } announced:
                Compare(announced.Call, suspension, version);
                return MontyAnswer.Future;
            case FuturesAwaited awaited when asked.TryDequeue(out var next) && next is FuturesDelivered delivered:
                Compare(new ResolveFutures(awaited.PendingCallIds), suspension, version);
                return ToLive(MontyAnswer.Resolve(delivered.CallIds.ToDictionary(id => id, id => state.Feed!.Answers[id])));
            case var other:
                throw new RebuildException(version, Describe(other), Describe(suspension));
        }
    }

    private void CompareEnd(Queue<SessionEvent> asked, MontyProgress progress, long version)
    {
        var recorded = asked.Count == 1 ? asked.Dequeue() : throw new RebuildException(version, asked.TryPeek(out var left) ? Describe(left) : "nothing", Describe(progress));
        switch (recorded, progress)
        {
            case (CallAnnounced announced, MontySuspension suspension):
                Compare(announced.Call, suspension, version);
                break;
            case (FuturesAwaited awaited, ResolveFutures futures):
                Compare(new ResolveFutures(awaited.PendingCallIds), futures, version);
                break;
            case (FeedEnded { Outcome: FeedOutcome.Completed completed }, Complete complete):
                CompareText(MontyJson.Serialize(completed.Value), MontyJson.Serialize(complete.Value), version);
                break;
            case (FeedEnded { Outcome: FeedOutcome.Failed failed }, Failed raised):
                CompareText(failed.Error.TypeAndMessage, raised.Error.TypeAndMessage, version);
                break;
            default:
                throw new RebuildException(version, Describe(recorded), Describe(progress));
        }
    }

    private void Compare(MontySuspension recorded, MontySuspension live, long version)
    {
        if (recorded is ResolveFutures was && live is ResolveFutures now ? !was.PendingCallIds.Order().SequenceEqual(now.PendingCallIds.Order()) : recorded.GetType() != live.GetType())
            throw new RebuildException(version, Describe(recorded), Describe(live));
        if (recorded is not ResolveFutures) CompareText(Text(recorded), Text(live), version);
    }

    /// <summary>Compares texts but for the ids in them, which must stand for one another throughout.</summary>
    private void CompareText(string recorded, string live, long version)
    {
        var (was, now) = (Ids().Matches(recorded), Ids().Matches(live));
        var same = was.Count == now.Count && Ids().Replace(recorded, "#") == Ids().Replace(live, "#");
        for (var i = 0; same && i < was.Count; i++)
        {
            if (!liveIds.TryGetValue(was[i].Value, out var known)) liveIds.Add(was[i].Value, now[i].Value);
            else same = known == now[i].Value;
        }

        if (!same) throw new RebuildException(version, Quote(recorded), Quote(live));
    }

    private MontyAnswer ToLive(MontyAnswer answer) => answer switch
    {
        ReturnAnswer returned when liveIds.Count > 0 => MontyAnswer.Return(MontyJson.Parse(Ids().Replace(MontyJson.Serialize(returned.Value), id => liveIds.GetValueOrDefault(id.Value, id.Value)))),
        ResolveAnswer resolve => MontyAnswer.Resolve(resolve.Outcomes.ToDictionary(o => o.Key, o => ToLive(o.Value))),
        _ => answer,
    };

    private static string Text(MontySuspension suspension) => suspension switch
    {
        FunctionCall call => $"{call.CallId} {call.ObjectId}.{call.Name}({Text(call.Arguments)}{string.Concat(call.Keywords.Select(k => $"{k.Key}={MontyJson.Serialize(k.Value)}, "))})",
        OsCall call => $"{call.CallId} {call.Function}({Text(call.Arguments)})",
        NameLookup lookup => $"{lookup.ObjectId}.{lookup.Name}",
        _ => suspension.ToString(),
    };

    private static string Text(EquatableArray<MontyValue> values) => string.Concat(values.Select(v => MontyJson.Serialize(v) + ", "));

    private static string Describe(object? what) => what is null ? "nothing" : Quote(what.ToString() ?? "");

    private static string Quote(string text) => text.Length <= 500 ? text : text[..500] + "…";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();
}

/// <summary>A turn that was run again did something else than the story says.</summary>
internal sealed class RebuildException(long version, string recorded, string live)
    : Exception($"At version {version} the story says: {recorded}. The interpreter did: {live}.");
