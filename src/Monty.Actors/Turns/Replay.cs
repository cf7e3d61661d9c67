using System.Text;
using System.Text.RegularExpressions;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>
/// Rebuilds an interpreter from the history of a session: runs its turns again with the recorded answers, and compares their results with the recorded ones.
/// </summary>
/// <remarks>
/// Compares the kind, name and arguments of each suspension, the pending futures as a set, the outcome, and the printed text of a turn. Classes and
/// instances of the sandbox have random ids, which are matched by their first appearance.
/// </remarks>
internal sealed partial class Replay(TurnRunner turns, SessionId session, TurnGate? gate)
{
    private readonly Dictionary<string, string> liveIds = [];

    /// <summary>Runs the turns of a history that a dump does not include.</summary>
    /// <param name="history">All changes of the session in order. They are read as they are needed.</param>
    /// <param name="dump">The interpreter to continue from, or null to start from the first turn.</param>
    /// <param name="includes">The sequence number of the last change that the dump includes, or 0.</param>
    /// <param name="cancellationToken">Cancels the turn that runs.</param>
    /// <returns>The interpreter after the last turn of the history, or null if there was no turn.</returns>
    /// <exception cref="ReplayMismatchException">The result of a turn differs from the recorded one.</exception>
    public async Task<MontyDump?> RunAsync(
        IAsyncEnumerable<SessionChange> history,
        MontyDump? dump,
        long includes,
        CancellationToken cancellationToken
    )
    {
        var state = SessionState.None;
        var applied = 0;
        var sequence = 0L;
        var isCounted = false;
        List<SessionEvent> events = [];
        await foreach (var change in history.ConfigureAwait(false))
        {
            for (var i = 0; i < change.Events.Count; i++)
            {
                var @event = change.Events[i];
                if (events.Count > 0 && MayEndTurn(events[^1]) && @event is not FuturesDelivered)
                {
                    await ApplyAsync(isTurn: @event is not SessionClosed).ConfigureAwait(false);
                }

                sequence = change.SequenceNumber;
                events.Add(@event);
                if (@event is CallAnnounced { IsDeferred: false })
                {
                    await ApplyAsync(isTurn: true).ConfigureAwait(false);
                }
                else if (!IsOfTurn(@event))
                {
                    await ApplyAsync(isTurn: false).ConfigureAwait(false);
                }
            }
        }

        await ApplyAsync(isTurn: events.Count > 0 && MayEndTurn(events[^1])).ConfigureAwait(false);
        return dump;

        async Task ApplyAsync(bool isTurn)
        {
            if (isTurn && sequence > includes && state.Feed is { Stopping: null } or { Pending: not null })
            {
                if (!isCounted)
                {
                    MontyEngineTelemetry.CountRebuild();
                }

                isCounted = true;
                dump = await RunTurnAsync(state, events, applied + 1, dump, cancellationToken).ConfigureAwait(false);
            }

            state = SessionEvolver.Evolve(state, events);
            applied += events.Count;
            events.Clear();
        }
    }

    /// <summary>Returns true if an event was caused by a turn.</summary>
    internal static bool IsOfTurn(SessionEvent @event) =>
        @event is TextPrinted or CalledInline or CallAnnounced or CallDropped or FuturesAwaited or FuturesDelivered or FeedEnded;

    /// <summary>
    /// Returns true if only the next event shows whether the turn ended: it continues when futures are delivered, and a feed that ends with its session had
    /// no turn.
    /// </summary>
    private static bool MayEndTurn(SessionEvent @event) => @event is FuturesAwaited or FeedEnded;

    private async Task<MontyDump?> RunTurnAsync(
        SessionState state,
        List<SessionEvent> events,
        long version,
        MontyDump? dump,
        CancellationToken cancellationToken
    )
    {
        if (events is [FeedEnded { Outcome: FeedOutcome.Rejected }])
        {
            return dump; // nothing ran
        }

        if (events[0] is FuturesDelivered given)
        {
            state = SessionEvolver.Evolve(state, given);
        }

        var request = SessionDecider.NextTurn(state) ?? throw new ReplayMismatchException(version, "a turn", "no turn was due");
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
            events.Skip(events[0] is FuturesDelivered ? 1 : 0).Where(f => f is not (TextPrinted or CallDropped))
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
                    gate,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException)
        {
            throw new ReplayMismatchException(version, Describe(events[0]), $"refused what it was given: {refused.Message}");
        }

        if (request is AbortTurn)
        {
            return result.Dump;
        }

        var recordedText = string.Concat(events.OfType<TextPrinted>().Select(p => p.Text));
        if (printed.ToString() != recordedText)
        {
            throw new ReplayMismatchException(version, $"printed {Quote(recordedText)}", $"printed {Quote(printed.ToString())}");
        }

        CompareEnd(asked, result.Progress, version);
        return result.Dump;
    }

    /// <summary>Returns the recorded answer to a suspension, or null if the suspension ended the turn.</summary>
    private MontyAnswer? Next(SessionState state, MontySuspension suspension, Queue<SessionEvent> asked, long version)
    {
        if (asked.Count <= 1 && asked.TryPeek(out var last) && last is not (CalledInline or CallAnnounced { IsDeferred: true }))
        {
            return null;
        }

        switch (asked.TryDequeue(out var @event) ? @event : null)
        {
            case CalledInline resolved:
                Compare(resolved.Suspension, suspension, version);
                return ToLive(resolved.Answer);
            case CallAnnounced { IsDeferred: true } announced:
                Compare(announced.Call, suspension, version);
                return MontyAnswer.Future;
            case FuturesAwaited awaited when asked.TryDequeue(out var next) && next is FuturesDelivered delivered:
                Compare(new MontyResolveFutures(awaited.PendingCallIds), suspension, version);
                return ToLive(MontyAnswer.Resolve(delivered.CallIds.ToDictionary(id => id, id => state.Feed!.Answers.Find(id)!)));
            case var other:
                throw new ReplayMismatchException(version, Describe(other), Describe(suspension));
        }
    }

    private void CompareEnd(Queue<SessionEvent> asked, MontyProgress progress, long version)
    {
        var recorded =
            asked.Count == 1
                ? asked.Dequeue()
                : throw new ReplayMismatchException(version, asked.TryPeek(out var left) ? Describe(left) : "nothing", Describe(progress));
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
                throw new ReplayMismatchException(version, Describe(recorded), Describe(progress));
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
            throw new ReplayMismatchException(version, Describe(recorded), Describe(live));
        }

        if (recorded is not MontyResolveFutures)
        {
            CompareText(Text(recorded), Text(live), version);
        }
    }

    /// <summary>Compares two texts. Ids in them may differ, but must correspond to each other throughout.</summary>
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
            throw new ReplayMismatchException(version, Quote(recorded), Quote(live));
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
