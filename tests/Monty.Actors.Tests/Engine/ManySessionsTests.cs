using System.Collections.Concurrent;
using System.Globalization;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests many sessions that share few workers and little memory.</summary>
public sealed class ManySessionsTests : IAsyncDisposable
{
    private const int Many = 2000;
    private readonly MemoryStore store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Two_thousand_waiting_sessions_are_answered_by_four_workers_and_none_is_left_behind()
    {
        await using var engine = await StartAsync(store, TimeProvider.System, maxWorkers: 4);
        var all = Ids(Many);
        foreach (var some in all.Chunk(100))
        {
            await Task.WhenAll(some.Select(id => engine.FeedAsync(id, "n = ask()\nn + 1")));
        }

        var answers = all.Select((id, i) => engine.AcceptAsync(id, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(i)))).ToList(); // sent one after another, without waiting
        await Task.WhenAll(answers);
        for (var i = 0; i < Many; i++)
        {
            (await engine.EndAsync(all[i])).ShouldBe(new FeedOutcome.Completed(i + 1));
        }

        engine.Workers.Started.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Idle_sessions_leave_memory_and_return_for_a_command_a_timer_and_an_answer()
    {
        var time = new FakeTime();
        await using var engine = await StartAsync(store, time, maxWorkers: 2);
        var (commanded, timed, answered) = (Ids(300)[..100], Ids(300)[100..200], Ids(300)[200..]);
        foreach (var id in commanded)
        {
            await engine.RunAsync(id, "n = 41", "first", Token);
        }

        foreach (var id in timed)
        {
            await engine.FeedAsync(id, "n = 41\nawait sleep(3600)\nn + 1");
        }

        foreach (var id in answered)
        {
            await engine.FeedAsync(id, "n = 41\nn + ask()");
        }

        (await engine.CountLiveSessionsAsync(Token)).ShouldBe(300);

        time.Advance(TimeSpan.FromMinutes(2));
        await TestTasks.UntilAsync(async () => await engine.CountLiveSessionsAsync(Token) == 0);

        foreach (var id in commanded)
        {
            (await engine.RunAsync(id, "n + 1", "second", Token)).ShouldBe(new FeedOutcome.Completed(42));
        }

        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMinutes(2)); // no further, because the deadlines of their turns are on the same clock
        foreach (var id in timed)
        {
            (await engine.EndAsync(id)).ShouldBe(new FeedOutcome.Completed(42));
        }

        foreach (var id in answered)
        {
            await engine.AcceptAsync(id, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(1)));
        }

        foreach (var id in answered)
        {
            (await engine.EndAsync(id)).ShouldBe(new FeedOutcome.Completed(42));
        }
    }

    [Fact]
    public async Task Sessions_that_leave_memory_immediately_lose_nothing_and_repeat_nothing()
    {
        const string code = """
            import asyncio
            total = sum([add(i) for i in range(4)])
            total += sum(await asyncio.gather(fetch(10), sleep_and(20), fetch(30)))
            await sleep(0.005)
            total + ask() + add(100)
            """;
        var (effects, problems) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        ValueTask<MontyValue> Effect(DurableCall call, CancellationToken cancellationToken)
        {
            effects.Add(call.IdempotencyKey);
            return new(call.Call.Arguments[0]);
        }

        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                IdleTimeout = TimeSpan.FromMilliseconds(1),
                Pool = new MontyPoolOptions { MaxWorkers = 4 },
                OnProblem = (message, _) => problems.Add(message),
                Tools =
                [
                    DurableTool.Handled("add", Effect),
                    DurableTool.Handled("fetch", Effect, isAsync: true),
                    DurableTool.External("ask"),
                    DurableTool.Handled(
                        "sleep_and",
                        async (call, cancellationToken) =>
                        {
                            await Task.Yield(); // the answer comes after the handler has returned to the engine
                            return await Effect(call, cancellationToken);
                        },
                        isAsync: true
                    ),
                ],
            },
            Token
        );

        await Task.WhenAll(
            Ids(100)
                .Select(
                    async (id, i) =>
                    {
                        await engine.FeedAsync(id, code);
                        var asked = (CallAnnounced)await engine.EventAsync(id, e => e is CallAnnounced { Kind: CallKind.External });
                        await engine.AcceptAsync(
                            id,
                            new AnswerCommand("answer", 1, ((MontyFunctionCall)asked.Call).CallId, MontyAnswer.Return(1000 * i))
                        );
                        (await engine.EndAsync(id)).ShouldBe(new FeedOutcome.Completed(166 + (1000 * i)));
                    }
                )
        );

        problems.ShouldBeEmpty();
        effects.Count.ShouldBe(100 * 8);
        effects.Distinct().Count().ShouldBe(100 * 8);
        await TestTasks.UntilAsync(async () => await engine.CountLiveSessionsAsync(Token) == 0);
    }

    private static SessionId[] Ids(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SessionId("tenant", string.Create(CultureInfo.InvariantCulture, $"s{i:0000}")))];

    private static Task<MontyEngine> StartAsync(SessionStore store, TimeProvider time, int maxWorkers) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.External("ask")],
                TimeProvider = time,
                Pool = new MontyPoolOptions { MaxWorkers = maxWorkers },
            },
            Token
        );
}
