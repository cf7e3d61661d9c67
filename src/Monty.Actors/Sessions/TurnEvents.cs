using System.Globalization;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>Creates the events of a turn that was run, in the order in which they happened.</summary>
internal static class TurnEvents
{
    /// <summary>The maximum number of characters of printed text in one event.</summary>
    private const int MaxPrintChunk = 16 * 1024;

    public static IEnumerable<SessionEvent> From(SessionState state, TurnOutcome.Ran ran, ToolCatalog tools, DateTimeOffset now)
    {
        var feed = state.Feed!;
        List<SessionEvent> events = [];
        if (
            feed is { Pending: MontyResolveFutures awaited, Delivering.Count: 0 }
            && SessionDecider.ToDeliver(feed, awaited) is { Count: > 0 } delivered
        )
        {
            events.Add(new FuturesDelivered(delivered));
        }

        foreach (var step in ran.Steps)
        {
            events.AddRange(Prints(step.Printed));
            events.AddRange(StepFacts(feed, step, tools, now));
        }

        events.AddRange(Prints(ran.Printed));
        events.AddRange(
            ran.Progress switch
            {
                MontyComplete complete => EndFeed(state, events, new FeedOutcome.Completed(complete.Value)),
                MontyFailed failed => EndFeed(state, events, new FeedOutcome.Failed(failed.Error, failed.Origin)),
                MontyTypingFailed typing => EndFeed(state, events, new FeedOutcome.Rejected(typing.Diagnostics)),
                MontyResolveFutures futures => [new FuturesAwaited(futures.PendingCallIds)],
                MontyFunctionCall or MontyOsCall =>
                [
                    Announce((MontySuspension)ran.Progress, isDeferred: false, tools, now) with
                    {
                        FileLength = ran.FileLength,
                    },
                ],
                var other => throw new InvalidOperationException(
                    $"A turn cannot end at {other.GetType().Name}, which is answered within the turn."
                ),
            }
        );
        return [.. events, .. SignalsTaken(SessionEvolver.Evolve(state, events))];
    }

    private static IEnumerable<SessionEvent> StepFacts(OpenFeed feed, TurnStep step, ToolCatalog tools, DateTimeOffset now) =>
        (step.Suspension, step.Answer) switch
        {
            (MontyFunctionCall call, FutureAnswer) => [Announce(call, isDeferred: true, tools, now)],
            (MontyResolveFutures awaited, ResolveAnswer answers) =>
            [
                new FuturesAwaited(awaited.PendingCallIds),
                .. answers
                    .Outcomes.Where(o => !feed.Answers.Contains(o.Key))
                    .OrderBy(o => o.Key)
                    .Select(o => new CallAnswered("", o.Key, o.Value)),
                new FuturesDelivered(answers.Outcomes.Keys.Order().ToEquatableArray()),
            ],
            _ => [new CalledInline(Untimed(step.Suspension), step.Answer) { FilesChangedAt = step.FilesChangedAt }],
        };

    private static CallAnnounced Announce(MontySuspension call, bool isDeferred, ToolCatalog tools, DateTimeOffset now)
    {
        var (kind, dueAt) = tools.Plan(call, now);
        return new CallAnnounced(Untimed(call), kind, isDeferred, HashOf(call), dueAt);
    }

    /// <summary>Removes the execution time, which differs in each run and is not part of the history.</summary>
    private static MontySuspension Untimed(MontySuspension suspension) => suspension with { ExecutionTime = TimeSpan.Zero };

    private static IEnumerable<SessionEvent> EndFeed(SessionState state, List<SessionEvent> events, FeedOutcome outcome) =>
        SessionDecider.EndFeed(SessionEvolver.Evolve(state, events), outcome);

    /// <summary>Returns the events that deliver kept signals to the calls that wait for them, in the order of the calls.</summary>
    private static IEnumerable<SessionEvent> SignalsTaken(SessionState after)
    {
        var kept = after.Signals;
        foreach (var call in after.Feed?.Calls.Values.Where(c => c.Kind == CallKind.Signal) ?? [])
        {
            var name = SignalCall.NameOf(call);
            if (kept.Find(s => s.Name == name) is not { } signal)
            {
                continue;
            }

            kept = kept.Remove(signal);
            yield return new SignalTaken(name);
            yield return new CallAnswered("", call.CallId, MontyAnswer.Return(signal.Value));
        }
    }

    /// <summary>Splits printed text into events of limited size.</summary>
    public static IEnumerable<TextPrinted> Prints(string printed)
    {
        for (var start = 0; start < printed.Length; )
        {
            var length = Math.Min(MaxPrintChunk, printed.Length - start);
            if (start + length < printed.Length && char.IsHighSurrogate(printed[start + length - 1]))
            {
                length--;
            }

            yield return new TextPrinted(printed.Substring(start, length));
            start += length;
        }
    }

    internal static string HashOf(MontySuspension call)
    {
        var (name, arguments, keywords) = call switch
        {
            MontyFunctionCall function => (function.Name, function.Arguments, function.Keywords),
            MontyOsCall os => ($"os.{os.Function}", os.Arguments, default),
            _ => throw new ArgumentException($"{call.GetType().Name} is not a call.", nameof(call)),
        };
        return Convert.ToHexStringLower(
            TextHash.Compute([
                name,
                arguments.Count.ToString(CultureInfo.InvariantCulture),
                .. arguments.Select(a => MontyJson.Serialize(a)),
                .. keywords.SelectMany(k => (string[])[k.Key, MontyJson.Serialize(k.Value)]),
            ])
        );
    }
}
