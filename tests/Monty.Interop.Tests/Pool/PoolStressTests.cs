using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Pool;

/// <summary>Many borrowers, kills and cancellations at once: the numbers add up at every moment, and nothing is left at the end.</summary>
[Collection(ProcessCountingCollection.Name)]
[SupportedOSPlatform("linux")]
public sealed class PoolStressTests
{
    private const int Workers = 3;
    private const int Borrowers = 8;

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kills_cancellations_and_abandoned_turns_leave_a_pool_whose_numbers_add_up(int seed)
    {
        var leaks = new LeakCheck();
        using var runtime = new WrappedRuntime();
        var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MaxWorkers = Workers,
                MaxCheckoutsPerWorker = 2,
            }
        );

        var borrowers = Enumerable
            .Range(0, Borrowers)
            .Select(i => Task.Run(() => Borrow(pool, runtime, new Random((seed * 100) + i), rounds: 20)))
            .ToList();
        await Task.WhenAll(borrowers).InTime();

        var after = pool.Statistics;
        (after.Live - after.Idle, after.Waiting).ShouldBe((0, 0));
        after.Started.ShouldBeInRange(after.Live, runtime.Started.Count, "a start that was cancelled is none");
        after.Live.ShouldBe((int)(after.Started - after.Recycled - after.Discarded));
        after.Recycled.ShouldBeGreaterThan(0);
        after.Discarded.ShouldBeGreaterThan(0);
        runtime.Present.Count.ShouldBe(after.Live);
        await pool.DisposeAsync();
        runtime.Present.ShouldBeEmpty();
        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Thousands_of_checkouts_leak_no_handle_and_no_process()
    {
        var leaks = new LeakCheck();
        using (var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 2, MaxCheckoutsPerWorker = 200 }))
        {
            await pool.RunAsync("1").InTime();
            var handles = ProcessTable.Descriptors(Environment.ProcessId).Count;

            for (var i = 0; i < 4000; i++)
            {
                using var session = await pool.OpenSessionAsync();
                if (i % 2 == 0)
                {
                    await session.FeedAsync("1");
                }
            }

            pool.Statistics.ShouldBe(
                new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 21, Recycled: 20, Discarded: 0, Checkouts: 4001)
            );
            ProcessTable.Descriptors(Environment.ProcessId).Count.ShouldBeLessThanOrEqualTo(handles, "handles were left open"); // those of earlier tests may be closed meanwhile
        }

        leaks.AssertNothingIsLeft();
    }

    private static void AssertConsistent(MontyPoolStatistics now)
    {
        now.Live.ShouldBeInRange(0, Workers);
        now.Idle.ShouldBeInRange(0, now.Live);
        now.Waiting.ShouldBeInRange(0, Borrowers);
        if (now.Waiting > 0)
        {
            now.Idle.ShouldBe(0, "a worker rests while somebody waits");
        }
    }

    private static async Task Borrow(MontyPool pool, WrappedRuntime runtime, Random random, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var fate = random.Next(9);
            if (fate == 0)
            {
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(random.Next(20)));
            }

            if (fate == 1)
            {
                KillAny(runtime, random);
            }

            AssertConsistent(pool.Statistics);
            try
            {
                using var session = await pool.OpenSessionAsync(null, cancellation.Token).InTime();
                AssertConsistent(pool.Statistics);
                if (fate == 2)
                {
                    continue;
                }

                var looping = new TaskCompletionSource();
                var turn = session.FeedAsync(
                    fate is 3 or 4 ? "print('x' * 9000)\nwhile True: pass" : "sum(range(1000))",
                    new FeedOptions { OnPrint = _ => looping.TrySetResult() },
                    cancellation.Token
                );
                if (fate is 3 or 4)
                {
                    await Task.WhenAny(looping.Task, turn).InTime();
                }

                if (fate == 3)
                {
                    await cancellation.CancelAsync();
                }

                if (fate == 4)
                {
                    await session.DisposeAsync();
                }

                if (fate == 5)
                {
                    KillAny(runtime, random);
                }

                (await turn.InTime()).Value.ShouldBe(new MontyInt(499500));
            }
            catch (Exception exception) when (exception is MontyWorkerException or OperationCanceledException)
            {
                // The worker was killed from outside, or the turn was given up: both are meant.
            }
        }
    }

    private static void KillAny(WrappedRuntime runtime, Random random)
    {
        var present = runtime.Present;
        if (present.Count == 0)
        {
            return;
        }

        try
        {
            using var watch = ProcessWatch.Open(present[random.Next(present.Count)]);
            watch.Kill();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It ended meanwhile.
        }
    }
}
