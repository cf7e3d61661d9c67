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
    /// <param name="story">All facts of the session, in order, read as they are needed.</param>
    /// <param name="dump">The interpreter to go on from; null for none.</param>
    /// <param name="version">The version that it includes; 0 for none.</param>
    /// <param name="cancellationToken">Ends the turn that runs.</param>
    /// <returns>The interpreter after the last turn of the story; null where there was none.</returns>
    /// <exception cref="RebuildException">A turn did something else than the story says.</exception>
    public async Task<MontyDump?> RunAsync(
        IAsyncEnumerable<SessionEvent> story,
        MontyDump? dump,
        long version,
        CancellationToken cancellationToken
    )
    {
        var (state, applied, isCounted) = (SessionState.None, 0, false);
        List<SessionEvent> facts = [];
        await foreach (var fact in story.ConfigureAwait(false))
        {
            if (facts.Count > 0 && MayEndTurn(facts[^1]) && fact is not FuturesDelivered)
            {
                await ApplyAsync(isTurn: fact is not SessionClosed).ConfigureAwait(false);
            }

            facts.Add(fact);
            if (fact is CallAnnounced { IsDeferred: false })
            {
                await ApplyAsync(isTurn: true).ConfigureAwait(false);
            }
            else if (!IsOfTurn(fact))
            {
                await ApplyAsync(isTurn: false).ConfigureAwait(false);
            }
        }

        await ApplyAsync(isTurn: facts.Count > 0 && MayEndTurn(facts[^1])).ConfigureAwait(false);
        return dump;

        async Task ApplyAsync(bool isTurn)
        {
            if (isTurn && applied >= version && state.Feed is { Stopping: null } or { Pending: not null })
            {
                if (!isCounted)
                {
                    MontyEngineTelemetry.CountRebuild();
                }

                isCounted = true;
                dump = await RunTurnAsync(state, facts, applied + 1, dump, cancellationToken).ConfigureAwait(false);
            }

            state = SessionFold.Apply(state, facts);
            applied += facts.Count;
            facts.Clear();
        }
    }

    /// <summary>True for what a turn leads to.</summary>
    private static bool IsOfTurn(SessionEvent fact) =>
        fact is TextPrinted or Resolved or CallAnnounced or CallDropped or FuturesAwaited or FuturesDelivered or FeedEnded;

    /// <summary>True where what comes next says whether the turn ended: futures that are given go on with it, and a feed that ends with its session had none.</summary>
    private static bool MayEndTurn(SessionEvent fact) => fact is FuturesAwaited or FeedEnded;

    private async Task<MontyDump?> RunTurnAsync(
        SessionState state,
        List<SessionEvent> facts,
        long version,
        MontyDump? dump,
        CancellationToken cancellationToken
    )
    {
        if (facts is [FeedEnded { Outcome: FeedOutcome.Rejected }])
        {
            return dump; // nothing ran
        }

        if (facts[0] is FuturesDelivered given)
        {
            state = SessionFold.Apply(state, given);
        }

        var request = SessionCore.TurnDue(state) ?? throw new RebuildException(version, "a turn", "no turn was due");
        request = request switch
        {
            AnswerTurn answer => answer with { Answer = ToLive(answer.Answer) },
            FeedTurn feed => feed with
            {
                Inputs = new OrderedDictionary<string, MontyValue>(feed.Inputs!.Select(i => KeyValuePair.Create(i.Key, ToLive(i.Value)))),
            },
            _ => request,
        };
        var asked = new Queue<SessionEvent>(
            facts.Skip(facts[0] is FuturesDelivered ? 1 : 0).Where(f => f is not (TextPrinted or CallDropped))
        );
        var printed = new StringBuilder();
        TurnResult result;
        try
        {
            result = await turns
                .RunAsync(
                    session,
                    state.Setup!,
                    dump,
                    request,
                    suspension => request is AbortTurn ? null : Next(state, suspension, asked, version),
                    text => printed.Append(text),
                    isReplay: true,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException)
        {
            throw new RebuildException(version, Describe(facts[0]), $"refused what it was given: {refused.Message}");
        }

        if (request is AbortTurn)
        {
            return result.Dump;
        }

        var recordedText = string.Concat(facts.OfType<TextPrinted>().Select(p => p.Text));
        if (printed.ToString() != recordedText)
        {
            throw new RebuildException(version, $"printed {Quote(recordedText)}", $"printed {Quote(printed.ToString())}");
        }

        CompareEnd(asked, result.Progress, version);
        return result.Dump;
    }

    /// <summary>The recorded answer to what is asked; null at the last of the turn.</summary>
    private MontyAnswer? Next(SessionState state, MontySuspension suspension, Queue<SessionEvent> asked, long version)
    {
        if (asked.Count <= 1 && asked.TryPeek(out var last) && last is not (Resolved or CallAnnounced { IsDeferred: true }))
        {
            return null;
        }

        switch (asked.TryDequeue(out var fact) ? fact : null)
        {
            case Resolved resolved:
                Compare(resolved.Suspension, suspension, version);
                return ToLive(resolved.Answer);
            case CallAnnounced { IsDeferred: true } announced:
                Compare(announced.Call, suspension, version);
                return MontyAnswer.Future;
            case FuturesAwaited awaited when asked.TryDequeue(out var next) && next is FuturesDelivered delivered:
                Compare(new MontyResolveFutures(awaited.PendingCallIds), suspension, version);
                return ToLive(MontyAnswer.Resolve(delivered.CallIds.ToDictionary(id => id, id => state.Feed!.Answers[id])));
            case var other:
                throw new RebuildException(version, Describe(other), Describe(suspension));
        }
    }

    private void CompareEnd(Queue<SessionEvent> asked, MontyProgress progress, long version)
    {
        var recorded =
            asked.Count == 1
                ? asked.Dequeue()
                : throw new RebuildException(version, asked.TryPeek(out var left) ? Describe(left) : "nothing", Describe(progress));
        switch (recorded, progress)
        {
            case (CallAnnounced announced, MontySuspension suspension):
                Compare(announced.Call, suspension, version);
                break;
            case (FuturesAwaited awaited, MontyResolveFutures futures):
                Compare(new MontyResolveFutures(awaited.PendingCallIds), futures, version);
                break;
            case (FeedEnded { Outcome: FeedOutcome.Completed completed }, MontyComplete complete):
                CompareText(MontyJson.Serialize(completed.Value), MontyJson.Serialize(complete.Value), version);
                break;
            case (FeedEnded { Outcome: FeedOutcome.Failed failed }, MontyFailed raised):
                CompareText(failed.Error.TypeAndMessage, raised.Error.TypeAndMessage, version);
                break;
            default:
                throw new RebuildException(version, Describe(recorded), Describe(progress));
        }
    }

    private void Compare(MontySuspension recorded, MontySuspension live, long version)
    {
        if (
            recorded is MontyResolveFutures was && live is MontyResolveFutures now
                ? !was.PendingCallIds.Order().SequenceEqual(now.PendingCallIds.Order())
                : recorded.GetType() != live.GetType()
        )
        {
            throw new RebuildException(version, Describe(recorded), Describe(live));
        }

        if (recorded is not MontyResolveFutures)
        {
            CompareText(Text(recorded), Text(live), version);
        }
    }

    /// <summary>Compares texts but for the ids in them, which must stand for one another throughout.</summary>
    private void CompareText(string recorded, string live, long version)
    {
        var (was, now) = (Ids().Matches(recorded), Ids().Matches(live));
        var same = was.Count == now.Count && Ids().Replace(recorded, "#") == Ids().Replace(live, "#");
        for (var i = 0; same && i < was.Count; i++)
        {
            if (!liveIds.TryGetValue(was[i].Value, out var known))
            {
                liveIds.Add(was[i].Value, now[i].Value);
            }
            else
            {
                same = known == now[i].Value;
            }
        }

        if (!same)
        {
            throw new RebuildException(version, Quote(recorded), Quote(live));
        }
    }

    private MontyAnswer ToLive(MontyAnswer answer) =>
        answer switch
        {
            ReturnAnswer returned => MontyAnswer.Return(ToLive(returned.Value)),
            ResolveAnswer resolve => MontyAnswer.Resolve(resolve.Outcomes.ToDictionary(o => o.Key, o => ToLive(o.Value))),
            _ => answer,
        };

    private MontyValue ToLive(MontyValue value) =>
        liveIds.Count == 0
            ? value
            : MontyJson.Parse(Ids().Replace(MontyJson.Serialize(value), id => liveIds.GetValueOrDefault(id.Value, id.Value)));

    private static string Text(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall call =>
                $"{call.CallId} {call.ObjectId}.{call.Name}({Text(call.Arguments)}{string.Concat(call.Keywords.Select(k => $"{k.Key}={MontyJson.Serialize(k.Value)}, "))})",
            MontyOsCall call => $"{call.CallId} {call.Function}({Text(call.Arguments)})",
            MontyNameLookup lookup => $"{lookup.ObjectId}.{lookup.Name}",
            _ => suspension.ToString(),
        };

    private static string Text(EquatableArray<MontyValue> values) => string.Concat(values.Select(v => MontyJson.Serialize(v) + ", "));

    internal static string Describe(object? what) => what is null ? "nothing" : Quote(what.ToString() ?? "");

    private static string Quote(string text) => text.Length <= 500 ? text : text[..500] + "…";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();
}

/// <summary>A turn that was run again did something else than the story says.</summary>
internal sealed class RebuildException(long version, string recorded, string live, string who = "The interpreter")
    : Exception($"At version {version} the story says: {recorded}. {who} did: {live}.");
