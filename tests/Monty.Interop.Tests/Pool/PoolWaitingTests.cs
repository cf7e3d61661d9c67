using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Pool;

/// <summary>Who gets a worker when there are too few.</summary>
[SupportedOSPlatform("linux")]
public sealed class PoolWaitingTests
{
    [LinuxFact]
    public async Task No_more_than_the_maximum_of_workers_run()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 2 });
        var first = await pool.OpenSessionAsync().InTime();
        using var second = await pool.OpenSessionAsync().InTime();

        var third = pool.OpenSessionAsync().AsTask();

        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 2, Idle: 0, Waiting: 1, Started: 2, Recycled: 0, Discarded: 0, Checkouts: 2)
        );
        third.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();
        using var got = await third.InTime();
        (await got.FeedAsync("3").InTime()).Value.ShouldBe(new MontyInt(3));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 2, Idle: 0, Waiting: 0, Started: 2, Recycled: 0, Discarded: 0, Checkouts: 3)
        );
    }

    [LinuxFact]
    public async Task Waiters_are_served_in_the_order_they_came()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var holder = await pool.OpenSessionAsync().InTime();
        var waiters = Enumerable.Range(0, 6).Select(_ => pool.OpenSessionAsync().AsTask()).ToList();

        for (var i = 0; i < waiters.Count; i++)
        {
            pool.Statistics.Waiting.ShouldBe(waiters.Count - i);
            await holder.DisposeAsync();
            if (i < 3)
            {
                waiters.Add(pool.OpenSessionAsync().AsTask()); // one who comes as the worker is handed over queues up behind
            }

            holder = await waiters[i].InTime();
            waiters.Skip(i + 1).ShouldAllBe(w => !w.IsCompleted);
        }

        await holder.DisposeAsync();
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 1, Recycled: 0, Discarded: 0, Checkouts: 10)
        );
    }

    [LinuxFact]
    public async Task A_waiter_gives_up_after_the_checkout_timeout_and_says_what_to_change()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                MaxWorkers = 1,
                CheckoutTimeout = TimeSpan.FromMinutes(5),
                TimeProvider = time,
            }
        );
        var holder = await pool.OpenSessionAsync().InTime();
        var waiter = pool.OpenSessionAsync().AsTask();

        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        (waiter.IsCompleted, pool.Statistics.Waiting).ShouldBe((false, 1));
        time.Advance(TimeSpan.FromTicks(1));

        (await Should.ThrowAsync<TimeoutException>(() => waiter.InTime())).Message.ShouldBe(
            "No Monty worker became free within 00:05:00: all 1 are lent out. Raise MaxWorkers or CheckoutTimeout, or dispose sessions sooner."
        );
        pool.Statistics.Waiting.ShouldBe(0);
        time.ArmedTimers.ShouldBe(0);
        await holder.DisposeAsync();
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task A_waiter_that_gives_up_leaves_its_place_to_the_next()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                MaxWorkers = 1,
                CheckoutTimeout = TimeSpan.FromSeconds(10),
                TimeProvider = time,
            }
        );
        using var cancellation = new CancellationTokenSource();
        var holder = await pool.OpenSessionAsync().InTime();
        var late = pool.OpenSessionAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        var cancelled = pool.OpenSessionAsync(null, cancellation.Token).AsTask();
        var next = pool.OpenSessionAsync().AsTask();

        time.Advance(TimeSpan.FromSeconds(5));
        await cancellation.CancelAsync();

        await Should.ThrowAsync<TimeoutException>(() => late.InTime());
        (await Should.ThrowAsync<OperationCanceledException>(() => cancelled.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        pool.Statistics.Waiting.ShouldBe(1);
        await holder.DisposeAsync();
        using var got = await next.InTime();
        (pool.Statistics.Live, pool.Statistics.Waiting).ShouldBe((1, 0));
    }

    [LinuxFact]
    public async Task A_token_cancelled_before_the_start_takes_nothing()
    {
        using var pool = new MontyPool();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            pool.OpenSessionAsync(null, new CancellationToken(canceled: true)).InTime()
        );

        pool.Statistics.ShouldBe(new MontyPoolStatistics(0, 0, 0, 0, 0, 0, 0));
    }

    [LinuxFact]
    public async Task A_worker_handed_over_as_its_waiter_gives_up_goes_to_the_next()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                MaxWorkers = 1,
                CheckoutTimeout = TimeSpan.FromSeconds(10),
                TimeProvider = time,
            }
        );
        for (var round = 0; round < 300; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var holder = await pool.OpenSessionAsync().InTime();
            var giving = pool.OpenSessionAsync(null, cancellation.Token).AsTask();
            time.Advance(TimeSpan.FromSeconds(5));
            var next = pool.OpenSessionAsync().AsTask();

            await holder.DisposeAsync(); // hands the worker over; the waiter goes on in the thread pool, and its wait ends meanwhile
            if (round % 2 == 0)
            {
                time.Advance(TimeSpan.FromSeconds(5));
            }
            else
            {
                await cancellation.CancelAsync();
            }

            try
            {
                await (await giving.InTime()).DisposeAsync();
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException) { }

            await (await next.InTime()).DisposeAsync();
            var after = pool.Statistics;
            (after.Live, after.Idle, after.Waiting).ShouldBe((1, 1, 0), $"round {round}");
        }
    }

    [LinuxFact]
    public async Task A_start_that_fails_leaves_the_right_to_start_to_the_next_waiter()
    {
        using var runtime = new WrappedRuntime(before: "if [ $n = 2 ]; then echo no >&2; exit 7; fi");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        var holder = await pool.OpenSessionAsync().InTime();
        var unlucky = pool.OpenSessionAsync().AsTask();
        var next = pool.OpenSessionAsync().AsTask();

        await BreakAndDispose(holder);

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => unlucky.InTime());
        (failure.ExitCode, failure.StandardError).ShouldBe((7, "no"));
        using var got = await next.InTime();
        (await got.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 0, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 2)
        );
    }

    [LinuxFact]
    public async Task A_start_that_is_cancelled_leaves_the_right_to_start_to_the_next_waiter()
    {
        using var runtime = new WrappedRuntime(before: "if [ $n = 2 ]; then exec sleep 1000; fi");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        using var cancellation = new CancellationTokenSource();
        var holder = await pool.OpenSessionAsync().InTime();
        var impatient = pool.OpenSessionAsync(null, cancellation.Token).AsTask();
        var next = pool.OpenSessionAsync().AsTask();

        await BreakAndDispose(holder);
        await runtime.WhenStarted(2);
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => impatient.InTime());
        using var got = await next.InTime();
        (await got.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        (pool.Statistics.Live, pool.Statistics.Waiting).ShouldBe((1, 0));
        runtime.Present.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_start_that_takes_too_long_fails_and_the_next_waiter_starts()
    {
        var time = new FakeTime();
        using var runtime = new WrappedRuntime(before: "if [ $n = 2 ]; then exec sleep 1000; fi");
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MaxWorkers = 1,
                StartTimeout = TimeSpan.FromSeconds(7),
                TimeProvider = time,
            }
        );
        var holder = await pool.OpenSessionAsync().InTime();
        var unlucky = pool.OpenSessionAsync().AsTask();
        var next = pool.OpenSessionAsync().AsTask();

        await BreakAndDispose(holder);
        await time.WhenArmed(TimeSpan.FromSeconds(7)).InTime();
        await runtime.WhenStarted(2);
        time.Advance(TimeSpan.FromSeconds(7));

        (await Should.ThrowAsync<MontyWorkerException>(() => unlucky.InTime())).Failure.ShouldBe(WorkerFailure.TimedOut);
        using var got = await next.InTime();
        (pool.Statistics.Live, pool.Statistics.Waiting).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Without_a_runtime_every_waiter_is_told_so()
    {
        using var folder = new TempFolder();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = folder.File("monty"), MaxWorkers = 1 });

        var all = Enumerable.Range(0, 5).Select(_ => pool.OpenSessionAsync().AsTask()).ToList();

        foreach (var one in all)
        {
            await Should.ThrowAsync<MontyRuntimeNotFoundException>(() => one.InTime());
        }

        await Should.ThrowAsync<MontyRuntimeNotFoundException>(() => pool.RunAsync("1").InTime());
        pool.Statistics.ShouldBe(new MontyPoolStatistics(0, 0, 0, 0, 0, 0, 0));
    }

    [LinuxFact]
    public async Task A_waiter_that_is_handed_a_dead_worker_keeps_its_turn()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        var holder = await pool.OpenSessionAsync().InTime();
        await holder.FeedAsync("1").InTime();
        var first = pool.OpenSessionAsync().AsTask();
        var second = pool.OpenSessionAsync().AsTask();
        WrappedRuntime.Kill(runtime.Started[0]);

        await holder.DisposeAsync();

        var served = await Task.WhenAny(first, second).InTime();
        served.ShouldBeSameAs(first);
        second.IsCompleted.ShouldBeFalse();
        await (await first).DisposeAsync();
        await (await second.InTime()).DisposeAsync();
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 3)
        );
    }

    [LinuxFact]
    public async Task Disposing_ends_every_wait()
    {
        var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var holder = await pool.OpenSessionAsync().InTime();
        var waiters = Enumerable.Range(0, 4).Select(_ => pool.OpenSessionAsync().AsTask()).ToList();

        await pool.DisposeAsync();

        foreach (var waiter in waiters)
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => waiter.InTime());
        }

        await holder.DisposeAsync();
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 0, Idle: 0, Waiting: 0, Started: 1, Recycled: 0, Discarded: 0, Checkouts: 1)
        );
    }

    /// <summary>Ends the session in the middle of a turn, so that its worker is not used again and the first waiter may start another.</summary>
    private static async Task BreakAndDispose(MontySession session)
    {
        var looping = new TaskCompletionSource();
        var turn = session.FeedAsync("print('x' * 9000)\nwhile True: pass", new FeedOptions { OnPrint = _ => looping.TrySetResult() });
        await looping.Task.InTime();
        await session.DisposeAsync();
        await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime());
    }
}
