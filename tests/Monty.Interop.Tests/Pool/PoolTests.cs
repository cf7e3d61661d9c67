using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Pool;

/// <summary>Lending, returning and ending workers.</summary>
[SupportedOSPlatform("linux")]
public sealed class PoolTests
{
    [Fact]
    public void Nothing_is_started_before_it_is_needed()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MinWorkers = 2 });

        pool.Statistics.ShouldBe(new MontyPoolStatistics(0, 0, 0, 0, 0, 0, 0));
        runtime.Started.ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task Sessions_one_after_the_other_share_a_worker()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path });

        for (var i = 0; i < 5; i++)
        {
            (await pool.RunAsync($"{i} + 1").InTime()).Value.ShouldBe(new MontyInt(i + 1));
        }

        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 1, Recycled: 0, Discarded: 0, Checkouts: 5)
        );
        runtime.Started.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_worker_comes_back_without_what_the_session_before_left()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using (var first = await pool.OpenSessionAsync(new SessionOptions { Limits = new MontyLimits { MaxRecursionDepth = 5 } }).InTime())
        {
            await first.FeedAsync("secret = 1\ndef f(n):\n    return 0 if n == 0 else f(n - 1)").InTime();
            (await first.StartAsync("wait()").InTime()).ShouldBeOfType<MontyFunctionCall>();
        }

        using var second = await pool.OpenSessionAsync().InTime();

        (await second.StartAsync("secret").InTime()).ShouldBe(new MontyNameLookup("secret"), new IgnoringTime());
        await second.AbortAsync(new PythonError("NameError", "no")).InTime();
        (await second.FeedAsync("def f(n):\n    return 0 if n == 0 else f(n - 1)\nf(50)").InTime()).Value.ShouldBe(new MontyInt(0));
    }

    [LinuxFact]
    public async Task What_a_type_check_leaves_in_its_worker_is_not_charged_to_a_session()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var session = new SessionOptions { Limits = new MontyLimits { MaxMemoryBytes = 100_000 } };

        (await pool.CheckTypesAsync("x: int = 'a'").InTime()).HasErrors.ShouldBeTrue();
        (await pool.RunAsync("1", null, session).InTime()).Value.ShouldBe(new MontyInt(1));
        (await pool.CheckTypesAsync("x: int = 1").InTime()).HasErrors.ShouldBeFalse();
        var holder = await pool.OpenSessionAsync(session).InTime();
        var checking = pool.CheckTypesAsync("1");
        var waiting = pool.RunAsync("2", null, session);
        await holder.DisposeAsync();

        (await checking.InTime()).HasErrors.ShouldBeFalse();
        (await waiting.InTime()).Value.ShouldBe(new MontyInt(2));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 2, Idle: 2, Waiting: 0, Started: 2, Recycled: 0, Discarded: 0, Checkouts: 6)
        );
    }

    [LinuxFact]
    public async Task Type_checks_share_a_worker_beside_those_of_sessions()
    {
        using var runtime = new WrappedRuntime();
        using (var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path }))
        {
            for (var i = 0; i < 3; i++)
            {
                await pool.CheckTypesAsync("1").InTime();
                await pool.RunAsync("1").InTime();
            }

            pool.Statistics.ShouldBe(
                new MontyPoolStatistics(Live: 2, Idle: 2, Waiting: 0, Started: 2, Recycled: 0, Discarded: 0, Checkouts: 6)
            );
        }

        runtime.Present.ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task A_worker_is_replaced_after_its_last_checkout()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxCheckoutsPerWorker = 3 });

        for (var i = 0; i < 7; i++)
        {
            await pool.RunAsync("1").InTime();
        }

        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 3, Recycled: 2, Discarded: 0, Checkouts: 7)
        );
        runtime.Present.ShouldBe([runtime.Started[2]]);
    }

    [LinuxFact]
    public async Task A_worker_killed_while_idle_is_replaced_unnoticed()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path });
        await pool.RunAsync("1").InTime();
        WrappedRuntime.Kill(runtime.Started[0]);

        (await pool.RunAsync("2").InTime()).Value.ShouldBe(new MontyInt(2));

        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 2)
        );
        runtime.Present.ShouldBe([runtime.Started[1]]);
    }

    [LinuxFact]
    public async Task All_idle_workers_killed_are_replaced_as_they_are_needed()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MinWorkers = 3,
                MaxWorkers = 3,
            }
        );
        await pool.PrewarmAsync().InTime();
        foreach (var id in runtime.Started)
        {
            WrappedRuntime.Kill(id);
        }

        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));

        pool.Statistics.Checkouts.ShouldBe(1);
        pool.Statistics.Idle.ShouldBe(pool.Statistics.Live);
        var three = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.OpenSessionAsync().AsTask())).InTime();
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 3, Idle: 0, Waiting: 0, Started: 6, Recycled: 0, Discarded: 3, Checkouts: 4)
        );
        foreach (var session in three)
        {
            await session.DisposeAsync();
        }
    }

    [LinuxFact]
    public async Task A_worker_killed_in_a_turn_fails_that_turn_and_is_replaced()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        using (var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }).InTime())
        {
            var looping = new TaskCompletionSource();
            var turn = session.FeedAsync("print('looping')\nwhile True: pass", new FeedOptions { OnPrint = _ => looping.SetResult() });
            await looping.Task.InTime();
            WrappedRuntime.Kill(runtime.Started[0]);

            var failure = await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime());
            (failure.Failure, failure.ExitCode, failure.TurnMayHaveRun).ShouldBe((WorkerFailure.Crashed, 128 + 9, true));
        }

        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 2)
        );
    }

    [LinuxFact]
    public async Task A_worker_killed_between_two_turns_is_replaced()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            await session.FeedAsync("1").InTime();
            WrappedRuntime.Kill(runtime.Started[0]);
        }

        (await pool.RunAsync("2").InTime()).Value.ShouldBe(new MontyInt(2));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 2)
        );
        runtime.Present.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_session_disposed_in_a_turn_costs_its_worker()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }).InTime();
        var looping = new TaskCompletionSource();
        var turn = session.FeedAsync("print('looping')\nwhile True: pass", new FeedOptions { OnPrint = _ => looping.SetResult() });
        await looping.Task.InTime();

        await session.DisposeAsync();

        (await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime())).Failure.ShouldBe(WorkerFailure.Abandoned);
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 0, Idle: 0, Waiting: 0, Started: 1, Recycled: 0, Discarded: 1, Checkouts: 1)
        );
        runtime.Present.ShouldBeEmpty();
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Disposing_a_session_twice_returns_its_worker_once()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 2 });
        var session = await pool.OpenSessionAsync().InTime();

        await session.DisposeAsync();
        await session.DisposeAsync();

        (pool.Statistics.Live, pool.Statistics.Idle).ShouldBe((1, 1));
        using var first = await pool.OpenSessionAsync().InTime();
        using var second = await pool.OpenSessionAsync().InTime();
        await first.FeedAsync("x = 1").InTime();
        (await second.StartAsync("x").InTime()).ShouldBeOfType<MontyNameLookup>();
    }

    [LinuxFact]
    public async Task A_worker_whose_start_timeout_passes_as_it_answers_is_not_lent()
    {
        using var runtime = new WrappedRuntime("""until [ -e "$0.go" ]; do :; done"""); // a quick start would need no timer
        var time = new LastMomentTime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MaxWorkers = 1,
                TimeProvider = time,
            }
        );
        time.FireNextTimerAsItIsDisposed(onArmed: () => File.WriteAllText(runtime.Path + ".go", ""));

        (await Should.ThrowAsync<MontyWorkerException>(() => pool.RunAsync("1").InTime())).Failure.ShouldBe(WorkerFailure.TimedOut);

        time.Fired.ShouldBeTrue();
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 0, Idle: 0, Waiting: 0, Started: 0, Recycled: 0, Discarded: 0, Checkouts: 0)
        );
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        runtime.Present.ShouldBe([runtime.Started[1]]);
    }

    [LinuxFact]
    public async Task Prewarming_starts_the_minimum_and_no_more()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MinWorkers = 3,
                MaxWorkers = 4,
            }
        );

        await Task.WhenAll(pool.PrewarmAsync(), pool.PrewarmAsync(), pool.PrewarmAsync()).InTime();
        await pool.PrewarmAsync().InTime();

        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 3, Idle: 3, Waiting: 0, Started: 3, Recycled: 0, Discarded: 0, Checkouts: 0)
        );
        runtime.Present.Count.ShouldBe(3);
    }

    [LinuxFact]
    public async Task Prewarmed_workers_serve_those_who_wait()
    {
        using var runtime = new WrappedRuntime(before: "if [ $n = 2 ]; then while [ ! -e \"$0.go\" ]; do sleep 0.01; done; fi");
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = runtime.Path,
                MinWorkers = 2,
                MaxWorkers = 2,
            }
        );
        using var first = await pool.OpenSessionAsync().InTime();
        var prewarming = pool.PrewarmAsync();
        var second = pool.OpenSessionAsync().AsTask();
        pool.Statistics.Waiting.ShouldBe(1);

        await File.WriteAllTextAsync(runtime.Path + ".go", "");

        await (await second.InTime()).DisposeAsync();
        await prewarming.InTime();
        (pool.Statistics.Live, pool.Statistics.Idle, pool.Statistics.Started).ShouldBe((2, 1, 2));
    }

    [LinuxFact]
    public async Task Two_pools_share_nothing()
    {
        using var runtime = new WrappedRuntime();
        using var other = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();
        using (var second = new MontyPool(new MontyPoolOptions { RuntimePath = other.Path, MaxWorkers = 1 }))
        {
            (await second.RunAsync("2").InTime()).Value.ShouldBe(new MontyInt(2));
            second.Statistics.Live.ShouldBe(1);
            other.Present.Count.ShouldBe(1);
        }

        other.Present.ShouldBeEmpty();
        runtime.Present.Count.ShouldBe(1);
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Disposing_ends_the_idle_workers_at_once_and_the_lent_ones_with_their_sessions()
    {
        using var runtime = new WrappedRuntime();
        var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 2 });
        var idle = await pool.OpenSessionAsync().InTime();
        var lent = await pool.OpenSessionAsync().InTime();
        var broken = pool.OpenSessionAsync().AsTask();
        await idle.DisposeAsync();
        await (await broken.InTime()).FeedAsync("1").InTime();
        await (await broken).DisposeAsync();
        runtime.Present.Count.ShouldBe(2);

        await pool.DisposeAsync();
        await pool.DisposeAsync();

        runtime.Present.Count.ShouldBe(1);
        (await lent.FeedAsync("1 + 1").InTime()).Value.ShouldBe(new MontyInt(2));
        pool.Statistics.Live.ShouldBe(1);
        await lent.DisposeAsync();
        runtime.Present.ShouldBeEmpty();
        (pool.Statistics.Live, pool.Statistics.Idle).ShouldBe((0, 0));
    }

    [LinuxFact]
    public async Task A_set_up_that_cannot_be_sent_costs_no_worker()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        await Should.ThrowAsync<MontySizeException>(() =>
            pool.OpenSessionAsync(new SessionOptions { ScriptName = new string('a', 300_000_000) }).AsTask()
        );

        pool.Statistics.Idle.ShouldBe(1);
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [LinuxFact]
    public async Task A_disposed_pool_lends_nothing()
    {
        var pool = new MontyPool(new MontyPoolOptions { MinWorkers = 1 });
        await pool.DisposeAsync();

        (await Should.ThrowAsync<ObjectDisposedException>(() => pool.OpenSessionAsync().InTime())).Message.ShouldStartWith(
            "The pool was disposed. Create another"
        );
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync("1").InTime());
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.TurnAsync(null, new FeedTurn("1")).InTime());
        (await Should.ThrowAsync<ObjectDisposedException>(() => pool.CheckTypesAsync("1").InTime())).ObjectName.ShouldBe(
            "Monty.Interop.MontyPool"
        );
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.PrewarmAsync().InTime());
        pool.Statistics.Live.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_worker_that_starts_while_the_pool_is_disposed_ends()
    {
        using var runtime = new WrappedRuntime(before: "while [ ! -e \"$0.go\" ]; do sleep 0.01; done");
        var pool = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MinWorkers = 1 });
        var prewarming = pool.PrewarmAsync();
        pool.Statistics.Live.ShouldBe(1);

        await pool.DisposeAsync();
        await File.WriteAllTextAsync(runtime.Path + ".go", "");

        await Should.ThrowAsync<ObjectDisposedException>(() => prewarming.InTime());
        pool.Statistics.Live.ShouldBe(0);
        runtime.Present.ShouldBeEmpty();
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Refused(new MontyPoolOptions { MaxWorkers = 0 }).ShouldContain("MaxWorkers");
        Refused(new MontyPoolOptions { MinWorkers = -1 }).ShouldContain("MinWorkers");
        Refused(new MontyPoolOptions { MinWorkers = 3, MaxWorkers = 2 }).ShouldContain("Raise MaxWorkers or lower MinWorkers");
        Refused(new MontyPoolOptions { MaxCheckoutsPerWorker = 0 }).ShouldContain("MaxCheckoutsPerWorker");
        Refused(new MontyPoolOptions { MaxDecodedBytes = 0 }).ShouldContain("MaxDecodedBytes");
        Refused(new MontyPoolOptions { CheckoutTimeout = TimeSpan.Zero }).ShouldContain("CheckoutTimeout");
        Refused(new MontyPoolOptions { CheckoutTimeout = TimeSpan.MaxValue }).ShouldContain("CheckoutTimeout");
        Refused(new MontyPoolOptions { StartTimeout = TimeSpan.FromSeconds(-1) }).ShouldContain("StartTimeout");
        Refused(new MontyPoolOptions { StartTimeout = TimeSpan.FromDays(50) }).ShouldContain("StartTimeout");
        Should
            .Throw<ArgumentException>(() => new SessionOptions { TurnTimeout = TimeSpan.MaxValue }.Validate())
            .Message.ShouldContain("TurnTimeout");
        using var longest = new MontyPool(
            new MontyPoolOptions { CheckoutTimeout = TimeSpan.FromDays(49), StartTimeout = TimeSpan.FromDays(49) }
        );

        static string Refused(MontyPoolOptions options) => Should.Throw<ArgumentException>(() => new MontyPool(options)).Message;
    }

    private sealed class IgnoringTime : IEqualityComparer<MontyProgress>
    {
        public bool Equals(MontyProgress? x, MontyProgress? y) =>
            (x! with { ExecutionTime = default }).Equals(y! with { ExecutionTime = default });

        public int GetHashCode(MontyProgress obj) => 0;
    }

    /// <summary>A clock on which a timer may fire at the moment when nobody needs it any more.</summary>
    private sealed class LastMomentTime : TimeProvider
    {
        private Action? onArmed;

        public bool Fired { get; private set; }

        public void FireNextTimerAsItIsDisposed(Action onArmed) => this.onArmed = onArmed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var chosen = Interlocked.Exchange(ref onArmed, null);
            chosen?.Invoke();
            return new Timer(this, () => callback(state), late: chosen is not null);
        }

        private sealed class Timer(LastMomentTime time, Action fire, bool late) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                if (!late)
                {
                    return;
                }

                fire();
                time.Fired = true;
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
