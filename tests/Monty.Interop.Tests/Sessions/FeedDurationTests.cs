using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>A feed that exceeds its time fails with the line that was running, and its session continues.</summary>
[SupportedOSPlatform("linux")]
public sealed class FeedDurationTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);
    private static readonly SessionOptions Options = new() { Limits = new MontyLimits { MaxFeedDuration = Limit } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [LinuxFact]
    public async Task An_endless_loop_fails_its_feed_with_the_line_and_the_session_is_unchanged()
    {
        using var session = await runtime.OpenAsync(Options);
        await session.FeedAsync("kept = [1]").InTime();

        var failed = await FailAsync(
            session,
            """
            kept.append(2)
            def spin(n):
                while True:
                    n += 1
            lost = 1
            spin(0)
            """
        );

        failed.Error.Frames.ShouldHaveSingleItem().FunctionName.ShouldBe("spin");
        failed.Traceback.ShouldBe(
            """
            Traceback (most recent call last):
              File "main.py", line 4, in spin
                n += 1
            TimeoutError: feed time limit exceeded: it ran longer than 0.3 s
            """
        );
        (await session.FeedAsync("kept").InTime()).Value.ToString().ShouldBe("[1]");
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("lost").InTime())).Error.Type.ShouldBe("NameError");
        (await FailAsync(session, "while True: pass")).Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(1);
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [LinuxTheory]
    [InlineData("x = 1\ny = pow(3, 10**8)\nz = 1", 2)]
    [InlineData("for i in range(5000):\n    x = i\ny = pow(3, 10**8)", 3)]
    [InlineData("x = 1\nfor i in range(10**12): pass", 2)]
    [InlineData("def f():\n    return pow(3, 10**8)\n\nif True:\n    pass\nelif f():\n    pass\nelse:\n    pass\nf()", 2)]
    [InlineData("class A:\n    size = 3\n\n    def grow(self):\n        while self.size:\n            self.size += 1\n\nA().grow()", 6)]
    public async Task Every_kind_of_code_is_stopped_and_its_line_is_found(string code, int line)
    {
        using var session = await runtime.OpenAsync(Options);

        var failed = await FailAsync(session, code);

        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBeInRange(line - 1, line);
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [LinuxFact]
    public async Task Tools_are_called_once_although_the_feed_is_run_again_for_its_line()
    {
        using var session = await runtime.OpenAsync(Options);
        var calls = new List<string>();
        var tools = new FeedOptions
        {
            Inputs = new Dictionary<string, MontyValue> { ["start"] = 5 },
            Tools =
            [
                MontyTool.Sync(
                    "now",
                    _ =>
                    {
                        calls.Add("now");
                        return 1;
                    }
                ),
                MontyTool.Async(
                    "fetch",
                    async (call, _) =>
                    {
                        await Task.Yield();
                        lock (calls)
                        {
                            calls.Add("fetch");
                        }

                        return call.Arguments[0] is MontyInt n && n.Value == 2 ? throw new PythonException("ValueError", "two") : 7;
                    }
                ),
            ],
        };

        var failed = await FailAsync(
            session,
            """
            import asyncio
            async def child(n):
                try:
                    return await fetch(n)
                except ValueError:
                    return 0
            n = start + now()
            found = await asyncio.gather(child(1), child(2), fetch(3))
            assert found == [7, 0, 7], found
            while found:
                n += 1
            """,
            tools
        );

        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(11);
        calls.Order().ShouldBe(["fetch", "fetch", "fetch", "now"]);
        (await session.FeedAsync("await fetch(1)", tools).InTime()).Value.ShouldBe(7);
    }

    [LinuxFact]
    public async Task Waiting_for_the_host_does_not_count_and_each_feed_has_its_own_time()
    {
        using var session = await runtime.OpenAsync(Options);
        using var pause = new ManualResetEventSlim();

        for (var i = 0; i < 3; i++)
        {
            var call = (MontySuspension)await session.StartAsync("for i in range(200_000): pass\ncall()\n42").InTime();
            pause.Wait(Limit, Token);
            (await session.AnswerAsync(call, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);
        }
    }

    [LinuxFact]
    public async Task A_session_that_was_dumped_in_the_middle_of_a_feed_keeps_the_limit_and_the_globals_of_the_feed()
    {
        MontyDump dump;
        using (var first = await runtime.OpenAsync(Options))
        {
            (await first.StartAsync("bound = 1\ncall()\nwhile True: pass").InTime()).ShouldBeOfType<MontyFunctionCall>();
            dump = await first.DumpAsync(Token);
        }

        using var session = await runtime.Pool.LoadSessionAsync(dump, cancellationToken: Token);
        var failed = (MontyFailed)await session.AnswerAsync(session.Pending!, MontyAnswer.Return(1)).InTime();

        (failed.Origin, failed.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(2);
        (await session.FeedAsync("bound").InTime()).Value.ShouldBe(1);
        (await FailAsync(session, "x = 1\nwhile True:\n    x += 1")).Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(3);
    }

    [LinuxFact]
    public async Task A_feed_whose_time_is_over_at_a_call_ends_there_and_keeps_its_globals()
    {
        using var session = await runtime.OpenAsync(
            new SessionOptions { Limits = new MontyLimits { MaxFeedDuration = TimeSpan.FromTicks(10) } } // less than any loop takes, and the call comes before the first look at the clock
        );

        var failed = await FailAsync(session, "bound = 1\nfor i in range(1000): pass\ncall()");

        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(3);
        (await session.FeedAsync("bound").InTime()).Value.ShouldBe(1);
    }

    [LinuxFact]
    public async Task Suspensions_of_a_feed_that_was_undone_still_count()
    {
        using var session = await runtime.OpenAsync(
            new SessionOptions
            {
                Limits = new MontyLimits { MaxFeedDuration = Limit, MaxSuspensions = 3 },
            }
        );
        var feed = new FeedOptions { Tools = [MontyTool.Sync("f", _ => 1)] };

        await FailAsync(session, "f() + f()\nwhile True: pass", feed);

        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("f() + f()", feed).InTime())).Error.Message.ShouldBe(
            "suspension limit 3 exceeded"
        );
    }

    [LinuxFact]
    public async Task A_type_check_ignores_a_feed_that_was_undone()
    {
        using var session = await runtime.OpenAsync(Options with { TypeCheck = new SessionTypeCheck() });
        await session.FeedAsync("known: int = 1").InTime();

        await FailAsync(session, "other = 1\nwhile True: pass");

        session.GlobalNames.ShouldBe(["known"]);
        (await session.FeedAsync("known + 1").InTime()).Value.ShouldBe(2);
    }

    [LinuxFact]
    public async Task Canceling_the_search_for_the_line_loses_the_session_but_no_worker()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var session = await pool.OpenSessionAsync(Options, Token);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var lines = 0;
        var running = session.FeedAsync("while True: pass", cancellationToken: cancelled.Token);
        while (pool.Statistics.Discarded == 0)
        {
            await Task.Yield();
            lines++;
        }

        await cancelled.CancelAsync();

        lines.ShouldBePositive();
        await Should.ThrowAsync<OperationCanceledException>(() => running.InTime());
        await session.DisposeAsync();
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
        pool.Statistics.Live.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_session_that_is_disposed_during_the_search_returns_its_worker()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var session = await pool.OpenSessionAsync(Options, Token);
        var running = session.FeedAsync("while True: pass");
        while (pool.Statistics.Discarded == 0)
        {
            await Task.Yield();
        }

        await session.DisposeAsync();

        await Should.ThrowAsync<Exception>(() => running.InTime());
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
        pool.Statistics.Live.ShouldBe(1);
    }

    [LinuxTheory]
    [InlineData("x = 1\n\fy = 2\n\f\nwhile True:\n    y += 1", 5)]
    [InlineData("x = 'a\u2028b\u0085c'\nwhile True:\n    x = 1", 3)]
    [InlineData("\ufeffx = 1\nwhile True:\n    x = 1", 3)]
    [InlineData("x = \"\"\"a\r\nb\"\"\"\r\nwhile True:\r    x = 1", 4)]
    public async Task Lines_are_counted_as_Python_counts_them(string code, int line)
    {
        using var session = await runtime.OpenAsync(Options);

        var failed = await FailAsync(session, code);

        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBeInRange(line - 1, line);
    }

    [LinuxTheory]
    [InlineData("def f(n):\n    if n:\n        return f(n - 1)\n    while True: pass\nf(998)")]
    [InlineData("__monty_tick__ = 5\nwhile True:\n    x = 2")]
    public async Task A_second_run_that_fails_otherwise_names_no_line(string code)
    {
        using var session = await runtime.OpenAsync(Options);

        (await FailAsync(session, code)).Error.Frames.ShouldBeEmpty();
    }

    [LinuxTheory]
    [InlineData("bad()")]
    [InlineData("await slow()")]
    [InlineData("deep()")]
    public async Task An_answer_that_was_refused_does_not_hide_the_line(string call)
    {
        using var session = await runtime.OpenAsync(Options);
        var tools = new FeedOptions
        {
            Tools =
            [
                MontyTool.Sync("bad", _ => new MontyBuiltin("nope")),
                MontyTool.Sync("deep", _ => Enumerable.Range(0, 100).Aggregate((MontyValue)1, (inner, _) => new MontyList([inner]))),
                MontyTool.Async(
                    "slow",
                    async (_, _) =>
                    {
                        await Task.Yield();
                        return new MontyBuiltin("nope");
                    }
                ),
            ],
        };

        var failed = await FailAsync(session, $"try:\n    {call}\nexcept Exception:\n    x = 1\nwhile x:\n    x += 1", tools);

        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBeInRange(5, 6);
    }

    [LinuxFact]
    public async Task A_pause_of_the_host_in_the_search_does_not_count()
    {
        var time = new WatchedTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(Options, Token);
        time.OnRead(2, () => time.Shift = TimeSpan.FromHours(1)); // only the search reads the clock

        var failed = await FailAsync(session, "x = 1\ny = 2\nwhile True:\n    x += 1");

        time.Shift.ShouldBe(TimeSpan.FromHours(1));
        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBeInRange(3, 4);
    }

    [LinuxFact]
    public async Task A_search_that_a_busy_host_stops_too_early_is_repeated()
    {
        var time = new WatchedTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(Options, Token);
        time.OnRead(2, time.FireNextTimerAtOnce); // at the first sample; the power takes longer than a reply that needs no timer

        var failed = await FailAsync(session, "x = 1\ny = pow(3, 10**6)\nwhile True:\n    x += 1");

        time.FiresAtOnce.ShouldBeFalse();
        failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBeInRange(3, 4);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_whose_search_was_cancelled_between_two_calls_is_lost(bool isTotal)
    {
        var time = new WatchedTime();
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, TimeProvider = time });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var limits = isTotal ? new MontyLimits { MaxDuration = Limit } : new MontyLimits { MaxFeedDuration = Limit };
        var session = await pool.OpenSessionAsync(new SessionOptions { Limits = limits }, Token);
        await session.FeedAsync("kept = 1").InTime();
        time.OnRead(2, cancelled.Cancel); // only the search reads the clock

        await Should.ThrowAsync<OperationCanceledException>(() =>
            session.FeedAsync("kept = 2\nwhile True: pass", cancellationToken: cancelled.Token).InTime()
        );

        await Should.ThrowAsync<MontyWorkerException>(() => session.DumpAsync(Token).AsTask().InTime());
        await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("kept").InTime());
        await session.DisposeAsync();
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
        pool.Statistics.Live.ShouldBe(1);
    }

    [LinuxTheory]
    [InlineData("while True: pass", 2)]
    [InlineData("for i in range(5000): x = i\npow(3, 10**8)", 3)]
    public async Task A_replacement_that_does_not_start_is_tried_again_and_counts_once(string code, int start)
    {
        using var wrapped = new WrappedRuntime($"if [ $n = {start} ]; then exit 3; fi");
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = wrapped.Path });
        var session = await pool.OpenSessionAsync(Options, Token);
        await session.FeedAsync("kept = 1").InTime();

        await FailAsync(session, code);

        pool.Statistics.Live.ShouldBe(1);
        (await session.FeedAsync("kept").InTime()).Value.ShouldBe(1);
        await session.DisposeAsync();
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
        pool.Statistics.Live.ShouldBe(1);
        wrapped.Present.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_session_that_cannot_be_loaded_again_is_lost_and_not_empty()
    {
        using var wrapped = new WrappedRuntime(heard: """s/MONTY\x00/NOTMY\x00/g""");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        using var session = await pool.OpenSessionAsync(Options, Token);
        await session.FeedAsync("kept = 1").InTime();

        await Should.ThrowAsync<MontyDumpException>(() => session.FeedAsync("while True: pass").InTime());

        await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("kept").InTime());
    }

    [LinuxFact]
    public async Task A_feed_that_ends_just_as_its_time_passes_is_undone_and_the_session_goes_on()
    {
        var time = new WatchedTime();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(
            new SessionOptions { Limits = new MontyLimits { MaxFeedDuration = TestTimeouts.Generous } },
            Token
        );
        await session.FeedAsync("kept = 1").InTime();
        time.FireNextTimerWhenDisposed();

        await FailAsync(session, "for i in range(1_000_000): kept = 2");

        (await session.FeedAsync("kept").InTime()).Value.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_stateless_feed_that_was_stopped_leaves_a_new_session_with_its_type_check()
    {
        var turn = new TurnOptions { Session = Options with { TypeCheck = new SessionTypeCheck() } };
        var stopped = await runtime.Pool.TurnAsync(null, new FeedTurn("while True: pass"), turn, Token).InTime();

        var refused = await runtime.Pool.TurnAsync(stopped.Dump, new FeedTurn("x: int = ''"), cancellationToken: Token).InTime();

        refused.Progress.ShouldBeOfType<MontyTypingFailed>();
    }

    [LinuxFact]
    public async Task A_stateless_feed_fails_with_its_line_and_does_not_change_the_dump()
    {
        var turn = new TurnOptions { Session = Options };
        var first = await runtime.Pool.TurnAsync(null, new FeedTurn("print('a')\nwhile True:\n    x = 1"), turn, Token).InTime();
        var kept = await runtime.Pool.TurnAsync(first.Dump, new FeedTurn("kept = 1"), turn, Token).InTime();
        var second = await runtime.Pool.TurnAsync(kept.Dump, new FeedTurn("kept = 2\nwhile True:\n    x = 1"), turn, Token).InTime();
        var last = await runtime.Pool.TurnAsync(second.Dump, new FeedTurn("kept"), turn, Token).InTime();

        first.Printed.ShouldBe("a\n");
        foreach (var failed in new[] { first, second }.Select(t => t.Progress.ShouldBeOfType<MontyFailed>()))
        {
            (failed.Origin, failed.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
            failed.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(3);
        }

        last.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_stateless_answer_ends_the_feed_where_it_waited()
    {
        var turn = new TurnOptions { Session = Options };
        var asked = await runtime.Pool.TurnAsync(null, new FeedTurn("bound = 1\ncall()\nwhile True: pass"), turn, Token).InTime();
        var answer = new AnswerTurn((MontySuspension)asked.Progress, MontyAnswer.Return(1));

        var ended = await runtime.Pool.TurnAsync(asked.Dump, answer, turn, Token).InTime();
        var last = await runtime.Pool.TurnAsync(ended.Dump, new FeedTurn("bound"), turn, Token).InTime();

        var failed = ended.Progress.ShouldBeOfType<MontyFailed>();
        (failed.Origin, failed.Error.Type, failed.Error.Frames[0].Start.Line).ShouldBe((FailureOrigin.Limit, "TimeoutError", 2));
        last.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(1);
    }

    [LinuxTheory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(50)]
    public async Task A_limit_beyond_the_range_of_timers_is_refused(int days) =>
        (
            await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
                runtime.OpenAsync(new SessionOptions { Limits = new MontyLimits { MaxFeedDuration = TimeSpan.FromDays(days) } }).AsTask()
            )
        ).Message.ShouldContain("MaxFeedDuration");

    private static async Task<MontyScriptException> FailAsync(MontySession session, string code, FeedOptions? feed = null)
    {
        var failed = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync(code, feed).InTime());
        (failed.Origin, failed.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
        return failed;
    }

    /// <summary>The system's clock, which can do something at a reading of it, and fire a timer late.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        private Action? onRead;
        private int readings;
        private bool firesLate;

        public TimeSpan Shift { get; set; }

        public void OnRead(int count, Action action)
        {
            readings = count;
            onRead = action;
        }

        public bool FiresAtOnce { get; private set; }

        public void FireNextTimerWhenDisposed() => firesLate = true;

        public void FireNextTimerAtOnce() => FiresAtOnce = true;

        public override long GetTimestamp()
        {
            if (onRead is not null && --readings == 0)
            {
                onRead();
            }

            return base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, FiresAtOnce ? TimeSpan.Zero : dueTime, period);
            FiresAtOnce = false;
            if (!firesLate)
            {
                return timer;
            }

            firesLate = false;
            return new LateTimer(timer, () => callback(state));
        }

        private sealed class LateTimer(ITimer timer, Action fire) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync()
            {
                fire();
                return timer.DisposeAsync();
            }
        }
    }
}
