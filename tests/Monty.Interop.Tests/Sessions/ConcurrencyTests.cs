using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Many sessions at once, and one session used by two at once.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task A_call_during_a_turn_is_refused_and_the_turn_continues()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }, TestContext.Current.CancellationToken);
        var refused = new List<Task>();
        var feed = new FeedOptions
        {
            OnPrint = _ =>
                refused.AddRange(
                    Try(() => session.FeedAsync("1")),
                    Try(() => session.StartAsync("1").AsTask()),
                    Try(() => session.AbortAsync(new PythonError("RuntimeError")).AsTask()),
                    Try(() => session.ResetAsync().AsTask()),
                    Try(() => session.DumpAsync().AsTask())
                ),
        };

        (await session.FeedAsync("print('now')\n42", feed).InTime()).Value.ShouldBe(42);

        refused.Count.ShouldBe(5);
        foreach (var one in refused)
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => one.InTime())).Message.ShouldStartWith(
                "Another call of this session is in progress."
            );
        }

        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);

        static async Task Try(Func<Task> call) => await call();
    }

    [Fact]
    public async Task Of_two_callers_at_once_one_is_served_or_both_are_one_after_the_other()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        for (var round = 0; round < 200; round++)
        {
            using var barrier = new Barrier(2);
            var both = Enumerable
                .Range(0, 2)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        barrier.SignalAndWait(TestContext.Current.CancellationToken);
                        try
                        {
                            return (await session.FeedAsync($"{i} + 10")).Value;
                        }
                        catch (InvalidOperationException)
                        {
                            return MontyValue.None;
                        }
                    })
                )
                .ToList();

            var results = await Task.WhenAll(both).InTime();

            results[0].ShouldBeOneOf(MontyValue.None, 10);
            results[1].ShouldBeOneOf(MontyValue.None, 11);
            results.ShouldContain(r => r is MontyInt);
        }
    }

    [Fact]
    public async Task Two_workers_run_at_the_same_time()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 2 });
        using var cancellation = new CancellationTokenSource();
        var ticks = new[] { new CountdownEvent(1), new CountdownEvent(1) };
        var both = ticks
            .Select(async mine =>
            {
                using var session = await pool.OpenSessionAsync(
                    new SessionOptions { FlushEachLine = true },
                    TestContext.Current.CancellationToken
                );
                await session.FeedAsync(
                    "while True: print('tick')",
                    new FeedOptions { OnPrint = _ => TrySignal(mine) },
                    cancellation.Token
                );
            })
            .ToList();

        await Task.WhenAll(ticks.Select(t => Task.Run(() => t.Wait(TestContext.Current.CancellationToken)))).InTime();
        foreach (var tick in ticks)
        {
            tick.Reset(5); // both have begun: now each must go on beside the other
        }

        await Task.WhenAll(ticks.Select(t => Task.Run(() => t.Wait(TestContext.Current.CancellationToken)))).InTime();

        await cancellation.CancelAsync();
        foreach (var one in both)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => one.InTime());
        }

        foreach (var tick in ticks)
        {
            tick.Dispose();
        }

        static void TrySignal(CountdownEvent tick)
        {
            if (!tick.IsSet)
            {
                tick.Signal();
            }
        }
    }

    [Fact]
    public async Task Many_sessions_at_once_keep_their_values_apart()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 3 });
        var fetch = MontyTool.Async(
            "fetch",
            async (call, _) =>
            {
                await Task.Yield();
                return call.Arguments[0];
            }
        );

        var all = Enumerable
            .Range(0, 60)
            .Select(i =>
                Task.Run(async () =>
                {
                    using var session = await pool.OpenSessionAsync();
                    var feed = new FeedOptions
                    {
                        Tools = [fetch],
                        Inputs = new Dictionary<string, MontyValue> { ["mine"] = i },
                    };
                    await session.FeedAsync("x = await fetch(mine)", feed);
                    return (await session.FeedAsync("[x, await fetch(mine * 2)]", feed)).Value;
                })
            )
            .ToList();

        var results = await Task.WhenAll(all).InTime();
        for (var i = 0; i < results.Length; i++)
        {
            results[i].ShouldBe(new MontyList([i, i * 2]));
        }

        (pool.Statistics.Started <= 3, pool.Statistics.Discarded).ShouldBe((true, 0));
    }
}
