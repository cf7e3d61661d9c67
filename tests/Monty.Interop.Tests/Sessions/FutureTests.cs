using System.Runtime.Versioning;
using Monty.Interop.Tests.HostObjects;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Covers calls that the script awaits: concurrently, in any order, with timeouts, with failures, and in feeds that end before them.</summary>
[SupportedOSPlatform("linux")]
public sealed class FutureTests : IDisposable
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly FakeTime time = new();
    private readonly MontyPool pool;

    public FutureTests() => pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, TimeProvider = time });

    public void Dispose() => pool.Dispose();

    [LinuxFact]
    public async Task Gathered_calls_run_at_the_same_time_and_are_resolved_out_of_order()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(3);

        var feed = session.FeedAsync(
            "import asyncio\nasync def one(n):\n    r = await work(n)\n    print(r)\n    return r\nawait asyncio.gather(one(0), one(1), one(2))",
            open.Options
        );
        await open.AllStarted.InTime();
        open.Complete(2, "c");
        open.Complete(0, "a");
        open.Complete(1, "b");

        (await feed.InTime()).Value.ToString().ShouldBe("['a', 'b', 'c']");
    }

    [LinuxFact]
    public async Task A_failure_of_an_awaited_call_is_caught_at_its_await()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(1);

        var feed = session.FeedAsync("try:\n    await work(0)\nexcept KeyError as e:\n    r = e.args[0]\nr", open.Options);
        await open.AllStarted.InTime();
        open.Fail(0, new KeyNotFoundException("not there"));

        (await feed.InTime()).Value.ShouldBe(new MontyStr("the tool 'work' failed"));
    }

    [LinuxFact]
    public async Task A_call_that_fails_before_it_first_waits_is_caught_inside_a_gathers_child()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var tool = MontyTool.Async("work", (_, _) => throw new PythonException("ValueError", "at once"));

        var result = await session
            .FeedAsync(
                "import asyncio\nasync def one():\n    try:\n        return await work()\n    except ValueError as e:\n        return str(e)\nawait asyncio.gather(one(), one())",
                new FeedOptions { Tools = [tool] }
            )
            .InTime();

        result.Value.ToString().ShouldBe("['at once', 'at once']");
    }

    [LinuxFact]
    public async Task An_outcome_that_cannot_cross_is_raised_at_its_own_await_only()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var tool = MontyTool.Async(
            "work",
            (call, _) =>
                new ValueTask<MontyValue>(call.Arguments[0] is MontyInt { Value: var n } && n.IsZero ? new MontyCycle(1, "[...]") : "fine")
        );

        var result = await session
            .FeedAsync(
                "a = work(0)\nb = work(1)\ntry:\n    await a\nexcept TypeError as e:\n    r = str(e)\n(r, await b)",
                new FeedOptions { Tools = [tool] }
            )
            .InTime();

        var (why, fine) = (((MontyTuple)result.Value).Items[0].ToString(), ((MontyTuple)result.Value).Items[1]);
        why.ShouldContain("the host's answer cannot be sent: The value [...] stands for a container that contains itself");
        fine.ShouldBe(new MontyStr("fine"));
    }

    [LinuxFact]
    public async Task A_call_past_its_deadline_raises_TimeoutError_at_its_await_and_its_handler_is_cancelled()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var cancelled = new TaskCompletionSource();
        var tool = MontyTool.Async(
            "slow",
            async (_, end) =>
            {
                using var registration = end.Register(cancelled.SetResult);
                await Never.EndsAsync(end);
                return MontyValue.None;
            },
            TenSeconds
        );

        var feed = session.FeedAsync(
            "try:\n    await slow()\nexcept TimeoutError as e:\n    r = str(e)\nr",
            new FeedOptions { Tools = [tool] }
        );
        await time.WhenArmed(TenSeconds).InTime();
        time.Advance(TenSeconds - TimeSpan.FromTicks(1));
        (feed.IsCompleted, cancelled.Task.IsCompleted).ShouldBe((false, false));
        time.Advance(TimeSpan.FromTicks(1));

        (await feed.InTime()).Value.ShouldBe(new MontyStr("slow did not answer within 00:00:10"));
        cancelled.Task.IsCompleted.ShouldBeTrue();
        time.ArmedTimers.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_deadline_holds_for_a_handler_that_does_not_heed_its_token()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var never = new TaskCompletionSource<MontyValue>();
        var tool = MontyTool.Async("deaf", (_, _) => new ValueTask<MontyValue>(never.Task), TenSeconds);

        var feed = session.FeedAsync("await deaf()", new FeedOptions { Tools = [tool] });
        await time.WhenArmed(TenSeconds).InTime();
        time.Advance(TenSeconds);

        (await Should.ThrowAsync<MontyScriptException>(() => feed.InTime())).Error.TypeAndMessage.ShouldBe(
            "TimeoutError: deaf did not answer within 00:00:10"
        );
        never.SetResult("late");
        (await session.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Each_call_has_a_deadline_of_its_own_and_answers_in_time_disarm_it()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(1);
        MontyTool[] tools =
        [
            MontyTool.Async("work", open.RunAsync, TenSeconds),
            MontyTool.Async("slow", Host.NeverAsync, TimeSpan.FromSeconds(20)),
            MontyTool.Async("soon", (_, _) => new("now")),
        ];

        var feed = session.FeedAsync(
            """
            import asyncio
            async def late():
                try:
                    await slow()
                except TimeoutError as e:
                    return str(e)
            c, a = await asyncio.gather(late(), work(0))
            (a, await soon(), c)
            """,
            new FeedOptions { Tools = tools }
        );
        await time.WhenArmed(TenSeconds).InTime();
        time.Advance(TimeSpan.FromSeconds(9));
        open.Complete(0, "in time");
        time.Advance(TimeSpan.FromSeconds(11));

        (await feed.InTime()).Value.ToString().ShouldBe("('in time', 'now', 'slow did not answer within 00:00:20')");
        time.ArmedTimers.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_handlers_own_TimeoutException_is_told_as_its_own()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var tool = MontyTool.Async(
            "work",
            async (_, _) =>
            {
                await Task.Yield();
                throw new TimeoutException("the database did not answer");
            },
            TenSeconds
        );

        (
            await Should.ThrowAsync<MontyScriptException>(() =>
                session.FeedAsync("await work()", new FeedOptions { Tools = [tool] }).InTime()
            )
        ).Error.TypeAndMessage.ShouldBe("TimeoutError: the tool 'work' failed");
    }

    [LinuxFact]
    public void A_deadline_that_no_timer_takes_is_refused()
    {
        foreach (var deadline in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.MaxValue })
        {
            Should
                .Throw<ArgumentOutOfRangeException>(() => MontyTool.Async("work", (_, _) => default, deadline))
                .Message.ShouldContain("Timeout");
        }
    }

    [LinuxFact]
    public async Task Calls_that_are_pending_at_the_end_cause_warnings_and_their_handlers_are_canceled()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(2);

        var result = await session
            .FeedAsync(
                """
                import asyncio
                async def fail():
                    raise ValueError()
                try:
                    await asyncio.gather(work(0), work(1), fail())
                except ValueError:
                    pass
                7
                """,
                open.Options
            )
            .InTime();

        result.Value.ShouldBe(new MontyInt(7));
        result.Warnings.ShouldBe([
            "Call 0 of work was not awaited to its end, so its handler was canceled when the feed ended.",
            "Call 1 of work was not awaited to its end, so its handler was canceled when the feed ended.",
        ]);
        open.Cancelled.ShouldBe([0, 1], ignoreOrder: true);
    }

    [LinuxFact]
    public async Task A_call_that_is_not_awaited_never_starts_and_needs_no_warning()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(1);

        var result = await session.FeedAsync("work(0)\nx = work(1)\n7", open.Options).InTime();

        result.Value.ShouldBe(new MontyInt(7));
        result.Warnings.ShouldBeEmpty();
        open.Started.ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task A_call_of_an_earlier_feed_starts_in_the_feed_that_awaits_it()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var feed = new FeedOptions { Tools = [MontyTool.Async("work", (call, _) => new(call.Arguments[0]))] };

        await session.FeedAsync("later = work(1)", feed).InTime();

        (await session.FeedAsync("(await work(2), await later)", feed).InTime()).Value.ToString().ShouldBe("(2, 1)");
    }

    [LinuxFact]
    public async Task A_method_of_a_lent_object_starts_when_it_is_called_and_causes_a_warning_when_it_is_not_awaited()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session.FeedAsync("account.withdraw(3)\naccount.withdraw(4)\n7", Lent(new Account("Ada"))).InTime();

        result.Value.ShouldBe(new MontyInt(7));
        result.Warnings.Count.ShouldBe(2);
        result.Warnings[0].ShouldStartWith("Call 0 of withdraw was not awaited to its end, so ");
    }

    [LinuxFact]
    public async Task A_future_of_an_earlier_feed_ends_the_feed_that_awaits_it_and_no_other()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var feed = Lent(new Account("Ada"));
        await session.FeedAsync("later = account.withdraw(1)", feed).InTime();

        (await session.FeedAsync("await account.withdraw(1)", feed).InTime())
            .Value.ToString()
            .ShouldBe("-2.0", "a call with the id of the old one");
        var failure = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("n = await account.withdraw(1)\ntry:\n    await later\nexcept Exception:\n    pass", feed).InTime()
        );

        failure.Error.TypeAndMessage.ShouldBe(
            "RuntimeError: the script awaited a call of an earlier feed, which ended with that feed; await every call in the feed that makes it"
        );
        (await session.FeedAsync("n", feed).InTime()).Value.ToString().ShouldBe("-3.0");
    }

    [LinuxFact]
    public async Task A_feed_that_fails_cancels_what_it_had_begun()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var open = new Host(2);

        var feed = session.FeedAsync(
            "import asyncio\nasync def boom():\n    1 / 0\nawait asyncio.gather(work(0), work(1), boom())",
            open.Options
        );

        (await Should.ThrowAsync<MontyScriptException>(() => feed.InTime())).Error.Type.ShouldBe("ZeroDivisionError");
        open.Cancelled.Order().ShouldBe(open.Started.Order());
        (await session.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task A_token_cancelled_while_calls_are_awaited_ends_the_feed_and_keeps_the_session()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        using var cancellation = new CancellationTokenSource();
        var open = new Host(2);

        var feed = session.FeedAsync("import asyncio\nn = 5\nawait asyncio.gather(work(0), work(1))", open.Options, cancellation.Token);
        await WhenWaiting(session);
        await cancellation.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(() => feed.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        open.Cancelled.ShouldBe([0, 1], ignoreOrder: true);
        (await session.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(5));
    }

    [LinuxFact]
    public async Task A_handler_that_cancels_the_feed_and_answers_ends_the_feed_and_keeps_the_session()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        foreach (var asynchronous in new[] { false, true })
        {
            using var cancellation = new CancellationTokenSource();
            var handler = async ValueTask<MontyValue> (MontyFunctionCall _, CancellationToken _) =>
            {
                await cancellation.CancelAsync();
                return 1;
            };
            var tool = asynchronous ? MontyTool.Async("stop", handler) : MontyTool.Sync("stop", handler);

            await Should.ThrowAsync<OperationCanceledException>(() =>
                session
                    .FeedAsync(
                        asynchronous ? "n = 5\nawait stop()" : "n = 5\nstop()",
                        new FeedOptions { Tools = [tool] },
                        cancellation.Token
                    )
                    .InTime()
            );

            session.Pending.ShouldBeNull();
            (await session.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(5));
        }
    }

    [LinuxFact]
    public async Task A_future_answered_by_hand_that_nothing_resolves_raises_at_its_await()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session
            .FeedAsync(
                "try:\n    await unknown()\nexcept RuntimeError as e:\n    r = str(e)\nr",
                new FeedOptions { OnUnknownCall = (_, _) => new(MontyAnswer.Future) }
            )
            .InTime();

        result.Value.ShouldBe(new MontyStr("no host function answers this call"));
    }

    [LinuxFact]
    public async Task Futures_of_a_dumped_feed_raise_where_it_goes_on_and_new_calls_are_answered()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var call = (MontySuspension)
            await session.StartAsync("try:\n    r = await work(0)\nexcept RuntimeError as e:\n    r = str(e)\n(r, await work(1))").InTime();
        await session.AnswerAsync(call, MontyAnswer.Future).InTime();
        var dump = await session.DumpAsync().InTime();
        await session.DisposeAsync();
        var tool = MontyTool.Async("work", (c, _) => new(c.Arguments[0]));

        using var loaded = await pool.LoadSessionAsync(dump).InTime();
        var result = await loaded.ContinueAsync(new FeedOptions { Tools = [tool] }).InTime();

        result.Value.ToString().ShouldBe("('no host function answers this call', 1)");
    }

    private static FeedOptions Lent(Account account) =>
        new() { HostObjects = new Dictionary<string, MontyHostObject> { ["account"] = Bank.Class().Wrap(account) } };

    private static Task WhenWaiting(MontySession session) => TestTasks.UntilAsync(() => session.Pending is MontyResolveFutures);

    /// <summary>A tool <c>work(n)</c> whose calls end when the test says so. The consequences have happened when the method of the test returns.</summary>
    private sealed class Host
    {
        private readonly TaskCompletionSource<MontyValue>[] calls;
        private readonly TaskCompletionSource allStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock gate = new();

        public Host(int count)
        {
            calls = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource<MontyValue>())];
            Tool = MontyTool.Async("work", RunAsync);
        }

        public MontyTool Tool { get; }

        public FeedOptions Options => new() { Tools = [Tool] };

        public Task AllStarted => allStarted.Task;

        public List<int> Started { get; } = [];

        public List<int> Cancelled { get; } = [];

        public void Complete(int number, MontyValue value) => calls[number].SetResult(value);

        public void Fail(int number, Exception exception) => calls[number].SetException(exception);

        public static async ValueTask<MontyValue> NeverAsync(MontyFunctionCall call, CancellationToken end)
        {
            await Never.EndsAsync(end);
            return MontyValue.None;
        }

        public async ValueTask<MontyValue> RunAsync(MontyFunctionCall call, CancellationToken end)
        {
            var number = (int)((MontyInt)call.Arguments[0]).Value;
            using var registration = end.Register(() =>
            {
                lock (gate)
                {
                    Cancelled.Add(number);
                }

                calls[number].SetCanceled(end);
            });
            lock (gate)
            {
                Started.Add(number);
                if (Started.Count == calls.Length)
                {
                    allStarted.SetResult();
                }
            }

            return await calls[number].Task;
        }
    }
}
