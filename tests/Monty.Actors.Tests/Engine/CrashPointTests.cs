using System.Collections.Concurrent;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that a store that crashes before or after any of its operations loses no acknowledged change and repeats no effect.</summary>
public sealed class CrashPointTests
{
    private const string Code = """
        import asyncio
        a = charge(1)
        b = ask(2)
        c = await asyncio.gather(fetch(3), fetch(4))
        await sleep(0)
        (a, b, c)
        """;

    private static readonly SessionId Id = new("tenant", "session");

    public static TheoryData<StoreOperation, CrashMoment, int> Points
    {
        get
        {
            var points = new TheoryData<StoreOperation, CrashMoment, int>();
            foreach (var moment in (CrashMoment[])[CrashMoment.Before, CrashMoment.After])
            {
                for (var skip = 0; skip < 6; skip++)
                {
                    points.Add(StoreOperation.Write, moment, skip);
                }

                points.Add(StoreOperation.FindSnapshot, moment, 0);
                points.Add(StoreOperation.FindHighest, moment, 0);
                points.Add(StoreOperation.ListDue, moment, 0);
                points.Add(StoreOperation.ListActive, moment, 0);
            }

            return points;
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_crash_loses_no_change_and_repeats_no_effect(StoreOperation operation, CrashMoment moment, int skip)
    {
        await using var crashing = new CrashingStore(new MemoryStore());
        var effects = new ConcurrentQueue<(string Key, string Hash)>();
        ValueTask<MontyValue> Effect(DurableCall call, CancellationToken cancellationToken)
        {
            effects.Enqueue((call.IdempotencyKey, call.ArgumentsHash));
            return new(call.Call.Arguments[0]);
        }

        var crashed = crashing.CrashAt(operation, moment, skip);
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = crashing,
                Tools =
                [
                    DurableTool.Handled("charge", Effect),
                    DurableTool.Handled("fetch", Effect, isAsync: true),
                    DurableTool.External("ask"),
                ],
            },
            Token
        );
        await SendAsync(engine, new OpenCommand("open", new SessionSetup()));
        await SendAsync(engine, new FeedCommand("feed", Code));
        var asked = (CallAnnounced)await engine.EventAsync(Id, e => e is CallAnnounced { Kind: CallKind.External });
        await SendAsync(engine, new AnswerCommand("answer", 1, ((MontyFunctionCall)asked.Call).CallId, MontyAnswer.Return(20)));

        var ended = (FeedEnded)await engine.EventAsync(Id, e => e is FeedEnded);
        crashed.IsCompleted.ShouldBeTrue("the point was passed");

        ended.Outcome.ShouldBe(new FeedOutcome.Completed(new MontyTuple([1, 20, new MontyList([3, 4])])));
        List<SessionEvent> history = [];
        await foreach (var stored in engine.ReadAsync(Id, 0, Token))
        {
            history.Add(stored.Event);
        }

        history.OfType<CallAnnounced>().Count().ShouldBe(5);
        history.OfType<CallAnswered>().Select(a => a.CallId).Order().ShouldBe([0u, 1u, 2u, 3u, 4u]);
        history.OfType<CommandEvent>().Where(c => c.CommandId.Length > 0).Select(c => c.CommandId).ShouldBe(["open", "feed", "answer"]);
        effects.GroupBy(e => e.Key).Count().ShouldBe(3);
        effects.GroupBy(e => e.Key).ShouldAllBe(g => g.Select(e => e.Hash).Distinct().Count() == 1);
    }

    [Theory]
    [InlineData("await sleep(60)\n'woken'", 0)]
    [InlineData("flaky()", 1)]
    public async Task A_timer_whose_append_was_stored_without_a_reply_still_fires(string code, int skip)
    {
        var time = new FakeTime();
        await using var crashing = new CrashingStore(new MemoryStore());
        var flaky = DurableTool.Handled("flaky", (call, _) => call.Attempt == 1 ? throw new HttpRequestException() : new("woken")) with
        {
            MaxAttempts = 2,
            RetryDelay = TimeSpan.FromSeconds(60),
        };
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = crashing,
                TimeProvider = time,
                AnswerFirstAfter = TimeSpan.FromDays(1), // no other timer of the length of a backoff
                Tools = [flaky],
            },
            Token
        );
        await SendAsync(engine, new OpenCommand("open", new SessionSetup()));
        var crashed = crashing.CrashAt(StoreOperation.Write, CrashMoment.After, skip);
        var sent = engine.SendAsync(Id, new FeedCommand("feed", code), Token);
        await crashed.InTime();
        await time.WhenArmed(Backoff.After(failures: 1)).InTime();
        time.Advance(Backoff.After(failures: 1));
        await sent.InTime(); // the session has read its history by now
        await time.WhenArmed(TimeSpan.FromSeconds(60) - Backoff.After(failures: 1)).InTime();

        time.Advance(TimeSpan.FromSeconds(60));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("woken"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends a command once. The engine keeps it until the store is available again.</summary>
    private static async Task SendAsync(MontyEngine engine, SessionCommand command)
    {
        (await engine.SendAsync(Id, command, Token)).ShouldNotBeOfType<SessionReply.Refused>();
    }
}
