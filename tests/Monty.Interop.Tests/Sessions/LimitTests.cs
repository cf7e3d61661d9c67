using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Every limit: what it costs when it is hit, and what goes on afterwards.</summary>
public sealed class LimitTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Fact]
    public async Task The_duration_ends_a_loop_and_every_later_feed_of_the_session()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxDuration = TimeSpan.FromSeconds(2) }));

        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("try:\n    while True: pass\nexcept BaseException: pass").InTime()
        );

        (failure.Origin, failure.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
        failure.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(2);
        failure.ExecutionTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("x = 1\nx").InTime())).Origin.ShouldBe(FailureOrigin.Limit);
        await session.ResetAsync(TestContext.Current.CancellationToken);
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task Waiting_for_the_host_does_not_count()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxDuration = TimeSpan.FromSeconds(1) }));
        var call = (MontySuspension)await session.StartAsync("call()\n42").InTime();
        using var pause = new ManualResetEventSlim();
        pause.Wait(TimeSpan.FromMilliseconds(1100), TestContext.Current.CancellationToken);

        (await session.AnswerAsync(call, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);
    }

    [Fact]
    public async Task A_refusal_of_memory_known_in_advance_keeps_the_session()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxMemoryBytes = 10_000_000 }));

        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("try:\n    x = [0] * 10**8\nexcept BaseException: pass").InTime()
        );

        (failure.Origin, failure.Error.Type).ShouldBe((FailureOrigin.Limit, "MemoryError"));
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task Memory_that_grew_to_the_limit_fails_each_feed_until_a_reset()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxMemoryBytes = 5_000_000 }));

        (
            await Should.ThrowAsync<MontyScriptException>(() =>
                session.FeedAsync("x = []\nwhile True: x.append('a' * 1000 + str(len(x)))").InTime()
            )
        ).Origin.ShouldBe(FailureOrigin.Limit);
        await session.ResetAsync(TestContext.Current.CancellationToken);

        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task The_hard_ceiling_costs_the_worker_and_is_told_from_a_crash()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(
            Limited(new() { MaxMemoryBytes = 30_000_000 }),
            TestContext.Current.CancellationToken
        );

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("'x' * 20_000_000").InTime());

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.OutOfMemory, 65));
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task An_input_over_the_hard_ceiling_costs_the_worker_though_its_death_shows_while_writing()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(
            Limited(new() { MaxMemoryBytes = 1_000_000 }),
            TestContext.Current.CancellationToken
        );
        var input = new Dictionary<string, MontyValue> { ["x"] = new string('x', 40_000_000) };

        var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
            session.FeedAsync("1", new FeedOptions { Inputs = input }).InTime()
        );

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.OutOfMemory, 65));
    }

    [Fact]
    public async Task Recursion_is_an_exception_that_the_script_can_catch()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxRecursionDepth = 50 }));
        const string Code = "def f(n): return f(n + 1)\n";

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync(Code + "f(0)").InTime());
        var caught = await session.FeedAsync("try:\n    f(0)\nexcept RecursionError as e:\n    r = str(e)\nr").InTime();

        (failure.Origin, failure.Error.Type, failure.Error.Frames.Count).ShouldBe((FailureOrigin.Script, "RecursionError", 51));
        caught.Value.ShouldBe("maximum recursion depth exceeded");
    }

    [Fact]
    public async Task Suspensions_are_counted_over_the_session()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxSuspensions = 3 }));
        var feed = new FeedOptions { Tools = [MontyTool.Sync("f", _ => 1)] };

        (await session.FeedAsync("f() + f()", feed).InTime()).Value.ShouldBe(2);
        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("try:\n    f() + f()\nexcept BaseException: pass", feed).InTime()
        );

        (failure.Origin, failure.Error.TypeAndMessage).ShouldBe((FailureOrigin.Limit, "RuntimeError: suspension limit 3 exceeded"));
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
        await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("f()", feed).InTime());
        await session.ResetAsync(TestContext.Current.CancellationToken);
        (await session.FeedAsync("f()", feed).InTime()).Value.ShouldBe(1);
    }

    [Fact]
    public async Task Suspensions_are_counted_in_each_feed_apart()
    {
        using var session = await runtime.OpenAsync(Limited(new() { MaxSuspensionsPerFeed = 2 }));
        var feed = new FeedOptions { Tools = [MontyTool.Sync("f", _ => 1)] };

        for (var i = 0; i < 3; i++)
        {
            (await session.FeedAsync("f() + f()", feed).InTime()).Value.ShouldBe(2);
        }

        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("f() + f() + f()", feed).InTime())).Error.Message.ShouldBe(
            "suspension limit 2 exceeded"
        );
        (await session.FeedAsync("f() + f()", feed).InTime()).Value.ShouldBe(2);
    }

    [Fact]
    public async Task Lookups_OS_calls_and_waits_for_futures_are_suspensions_too()
    {
        const string Code = "import os\nos.getenv('A')\nname\nawait fetch(1)";
        var feed = new FeedOptions
        {
            Names = new Dictionary<string, MontyValue> { ["name"] = 1 },
            Tools =
            [
                MontyTool.Async(
                    "fetch",
                    async (_, _) =>
                    {
                        await Task.Yield();
                        return 1;
                    }
                ),
            ],
            OnOsCall = (_, _) => new ValueTask<MontyAnswer?>(MontyAnswer.Return("a")),
        };
        using var enough = await runtime.OpenAsync(Limited(new() { MaxSuspensionsPerFeed = 4 }));
        using var tooFew = await runtime.OpenAsync(Limited(new() { MaxSuspensionsPerFeed = 3 }));

        (await enough.FeedAsync(Code, feed).InTime()).Value.ShouldBe(1);
        (await Should.ThrowAsync<MontyScriptException>(() => tooFew.FeedAsync(Code, feed).InTime())).Origin.ShouldBe(FailureOrigin.Limit);
    }

    [Fact]
    public async Task The_default_is_a_thousand_suspensions_and_none_is_no_limit()
    {
        using var session = await runtime.OpenAsync();
        using var unlimited = await runtime.OpenAsync(Limited(MontyLimits.None));
        var feed = new FeedOptions { Tools = [MontyTool.Sync("f", _ => 1)] };

        (await session.FeedAsync("sum([f() for i in range(1000)])", feed).InTime()).Value.ShouldBe(1000);
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("f()", feed).InTime())).Error.Message.ShouldBe(
            "suspension limit 1000 exceeded"
        );
        (await unlimited.FeedAsync("sum([f() for i in range(1500)])", feed).InTime()).Value.ShouldBe(1500);
    }

    [Fact]
    public async Task Zero_is_a_real_limit()
    {
        using var noTime = await runtime.OpenAsync(Limited(new() { MaxDuration = TimeSpan.Zero }));
        using var noCalls = await runtime.OpenAsync(Limited(new() { MaxSuspensions = 0 }));

        (await Should.ThrowAsync<MontyScriptException>(() => noTime.FeedAsync("x = 1").InTime())).Origin.ShouldBe(FailureOrigin.Limit);
        (await Should.ThrowAsync<MontyScriptException>(() => noCalls.FeedAsync("f()").InTime())).Error.Message.ShouldBe(
            "suspension limit 0 exceeded"
        );
    }

    [Fact]
    public async Task A_turn_past_its_deadline_is_killed_by_the_pools_clock()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { TurnTimeout = TimeSpan.FromHours(3) },
            TestContext.Current.CancellationToken
        );

        var run = session.FeedAsync("while True: pass");
        await time.WhenArmed(TimeSpan.FromHours(3)).InTime();
        time.Advance(TimeSpan.FromHours(3) - TimeSpan.FromTicks(1));
        run.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromTicks(1));

        (await Should.ThrowAsync<MontyWorkerException>(() => run.InTime())).Failure.ShouldBe(WorkerFailure.TimedOut);
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task A_turn_past_its_deadline_is_killed_by_the_real_clock()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { TurnTimeout = TestTimeouts.MeantToPass },
            TestContext.Current.CancellationToken
        );

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("while True: pass").InTime());

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.TimedOut, 137));
    }

    [Fact]
    public async Task Waiting_for_a_tool_does_not_count_for_the_deadline_of_a_turn()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { TurnTimeout = TimeSpan.FromSeconds(1) },
            TestContext.Current.CancellationToken
        );
        var tool = MontyTool.Sync(
            "tool",
            _ =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return 42;
            }
        );

        (await session.FeedAsync("tool()", new FeedOptions { Tools = [tool] }).InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task Limits_that_are_none_are_refused_before_anything_starts()
    {
        MontyLimits[] wrong =
        [
            new() { MaxDuration = TimeSpan.FromTicks(-1) },
            new() { MaxMemoryBytes = -1 },
            new() { MaxRecursionDepth = -1 },
            new() { MaxSuspensions = -1 },
            new() { MaxSuspensionsPerFeed = -1 },
            new() { GcInterval = -1 },
        ];

        foreach (var limits in wrong)
        {
            await Should.ThrowAsync<ArgumentOutOfRangeException>(() => runtime.OpenAsync(Limited(limits)).InTime());
        }

        await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
            runtime.OpenAsync(new SessionOptions { TurnTimeout = TimeSpan.Zero }).InTime()
        );
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
            runtime.OpenAsync(new SessionOptions { TurnTimeout = TimeSpan.MaxValue }).InTime()
        );
        await Should.ThrowAsync<ArgumentException>(() => runtime.OpenAsync(new SessionOptions { ScriptName = " " }).InTime());
    }

    private static SessionOptions Limited(MontyLimits limits) => new() { Limits = limits };
}
