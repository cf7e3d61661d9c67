using System.Runtime.Versioning;
using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>A turn as a function of a dump: the same as in a session that stays, and clean whatever happens.</summary>
[SupportedOSPlatform("linux")]
public sealed class StatelessTurnTests
{
    private static readonly MontyAnswer One = MontyAnswer.Return(1);

    [LinuxFact]
    public void Turns_from_dumps_equal_those_of_a_session_step_by_step()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 2 });
        var steps = 0;
        Prop.ForAll(
                PythonProgramGenerator.Arbitrary,
                program =>
                {
                    steps += CompareAsync(pool, program).GetAwaiter().GetResult();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(80).WithStartSize(2).WithEndSize(8));
        steps.ShouldBeGreaterThan(100, "the programs hardly wait for the host");
        (pool.Statistics.Live, pool.Statistics.Idle, pool.Statistics.Discarded).ShouldBe((2, 2, 0));
    }

    [LinuxFact]
    public async Task A_turn_that_goes_on_has_one_deadline_from_its_beginning_to_its_end()
    {
        var time = new FakeTime();
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, TimeProvider = time });
        var calls = 0;
        var options = new TurnOptions
        {
            Session = new SessionOptions { TurnTimeout = TimeSpan.FromMinutes(1) },
            AnswerInline = suspension =>
            {
                if (suspension is MontyNameLookup)
                {
                    return MontyAnswer.Return(new MontyFunction("f"));
                }

                calls++;
                time.Advance(TimeSpan.FromSeconds(40));
                return One;
            },
        };

        (
            await Should.ThrowAsync<MontyWorkerException>(() => pool.TurnAsync(null, new FeedTurn("f() + f() + f()"), options).InTime())
        ).Failure.ShouldBe(WorkerFailure.TimedOut);
        calls.ShouldBe(2);
    }

    [LinuxFact]
    public async Task Futures_are_waited_for_across_turns()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var code = """
            import asyncio
            async def one(n):
                try:
                    r = await fetch(n)
                except ValueError as e:
                    r = str(e)
                print(n, r)
                return r
            async def main():
                return await asyncio.gather(one(0), one(1)), await one(2)
            await main()
            """;
        var turn = await pool.TurnAsync(null, new FeedTurn(code)).InTime();
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Future)).InTime();
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Future)).InTime();
        var waiting = turn.Progress.ShouldBeOfType<MontyResolveFutures>();
        waiting.PendingCallIds.ShouldBe([0u, 1u]);
        turn = await pool.TurnAsync(
                turn.Dump,
                new AnswerTurn(waiting, MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [1] = MontyAnswer.Return("b") }))
            )
            .InTime();
        turn.Printed.ShouldBe("1 b\n");
        waiting = turn.Progress.ShouldBeOfType<MontyResolveFutures>();
        turn = await pool.TurnAsync(
                turn.Dump,
                new AnswerTurn(waiting, MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return("a") }))
            )
            .InTime();
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn(turn.Progress.ShouldBeOfType<MontyFunctionCall>(), MontyAnswer.Future))
            .InTime();
        waiting = turn.Progress.ShouldBeOfType<MontyResolveFutures>();
        turn = await pool.TurnAsync(
                turn.Dump,
                new AnswerTurn(
                    waiting,
                    MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [2] = MontyAnswer.Raise("ValueError", "late") })
                )
            )
            .InTime();

        turn.Progress.ShouldBeOfType<MontyComplete>().Value.ToString().ShouldBe("(['a', 'b'], 'late')");
    }

    [LinuxFact]
    public async Task A_heap_of_five_megabytes_goes_through_a_turn()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var first = await pool.TurnAsync(
                null,
                new FeedTurn(
                    "text = 'x' * 3_000_000\nnumbers = list(range(400_000))\ntable = {str(i): [i, None, 2.5] for i in range(20_000)}\nfetch()"
                )
            )
            .InTime();
        first.Dump.Bytes.Length.ShouldBeGreaterThan(5_000_000);

        var second = await pool.TurnAsync(first.Dump, new AnswerTurn((MontySuspension)first.Progress, One)).InTime();
        var third = await pool.TurnAsync(second.Dump, new FeedTurn("len(text), sum(numbers), table['19999']")).InTime();

        third.Progress.ShouldBeOfType<MontyComplete>().Value.ToString().ShouldBe("(3000000, 79999800000, [19999, None, 2.5])");
    }

    [LinuxFact]
    public async Task A_turn_of_megabytes_both_ways_does_not_block()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var blob = new byte[6_000_000];
        new Random(1).NextBytes(blob);
        var first = await pool.TurnAsync(
                null,
                new FeedTurn("held = given", new Dictionary<string, MontyValue> { ["given"] = new MontyBytes(blob) })
            )
            .InTime();

        var code = "for i in range(600):\n    print('y' * 9_999)\n(held == given, given)";
        var second = await pool.TurnAsync(
                first.Dump,
                new FeedTurn(code, new Dictionary<string, MontyValue> { ["given"] = new MontyBytes(blob) })
            )
            .InTime();

        second.Printed.Length.ShouldBe(6_000_000);
        var result = second.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBeOfType<MontyTuple>();
        result.Items[0].ShouldBe(MontyBool.True);
        result.Items[1].ShouldBe(new MontyBytes(blob));
        second.Dump.Bytes.Length.ShouldBeGreaterThan(12_000_000);
    }

    [LinuxFact]
    public async Task A_worker_killed_in_the_middle_leaves_the_dump_before_good()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime.Path });
        var before = await pool.TurnAsync(null, new FeedTurn("n = 5")).InTime();

        for (var round = 0; round < 2; round++)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var dying = pool.TurnAsync(
                before.Dump,
                new FeedTurn("n = 6\nready()\nwhile True: pass"),
                new TurnOptions { AnswerInline = AnswerOnce(reached) }
            );
            await reached.Task.InTime();
            WrappedRuntime.Kill(runtime.Started[^1]);
            var failure = await Should.ThrowAsync<MontyWorkerException>(() => dying.InTime());
            (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.Crashed, 128 + 9));
        }

        (await pool.TurnAsync(before.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(5));
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 3, Recycled: 0, Discarded: 2, Checkouts: 4)
        );
    }

    [LinuxFact]
    public async Task A_cancelled_turn_and_one_past_its_deadline_leave_the_dump_before_good()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("n = 5")).InTime();
        using var cancellation = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endless = new FeedTurn("n = 6\nready()\nwhile True: pass");

        var cancelled = pool.TurnAsync(before.Dump, endless, new TurnOptions { AnswerInline = AnswerOnce(reached) }, cancellation.Token);
        await reached.Task.InTime();
        await cancellation.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(() => cancelled.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        await Should.ThrowAsync<OperationCanceledException>(() => pool.TurnAsync(before.Dump, endless, null, cancellation.Token).InTime());
        var options = new TurnOptions
        {
            Session = new SessionOptions { TurnTimeout = TestTimeouts.MeantToPass },
            AnswerInline = _ => One,
        };
        (await Should.ThrowAsync<MontyWorkerException>(() => pool.TurnAsync(before.Dump, endless, options).InTime())).Failure.ShouldBe(
            WorkerFailure.TimedOut
        );

        (await pool.TurnAsync(before.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(5));
        pool.Statistics.Live.ShouldBe(pool.Statistics.Idle);
    }

    [LinuxFact]
    public async Task An_answer_that_cannot_cross_leaves_the_worker_and_the_dump_as_they_were()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("fetch() + 1")).InTime();
        var call = (MontySuspension)before.Progress;

        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(call, MontyAnswer.Return(new MontyCycle(1, "[...]"))),
            "a container that contains itself"
        );
        await Refused(pool, before.Dump, new AnswerTurn(call, MontyAnswer.Return("\ud800")), "lone surrogate");
        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(call, MontyAnswer.Raise("NoSuchError")),
            "does not know the exception type 'NoSuchError'"
        );
        await Refused(
            pool,
            before.Dump,
            new AbortTurn(new PythonError("NoSuchError", "x")),
            "does not know the exception type 'NoSuchError'"
        );
        await Refused(pool, null, new FeedTurn("1", new Dictionary<string, MontyValue> { ["a b"] = 1 }), "not a Python identifier");
        var large = new MontyBytes(new byte[257 * 1024 * 1024]);
        await Refused(pool, before.Dump, new AnswerTurn(call, MontyAnswer.Return(large)), "the limit is 268435456");
        var idle = (await pool.TurnAsync(null, new FeedTurn("1")).InTime()).Dump;
        await Refused(pool, idle, new FeedTurn("1", new Dictionary<string, MontyValue> { ["large"] = large }), "the limit is 268435456");

        await AnswerAndCheck(pool, before);
    }

    [LinuxFact]
    public async Task An_answer_of_the_wrong_kind_leaves_the_worker_and_the_dump_as_they_were()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("fetch() + 1")).InTime();
        var call = before.Progress.ShouldBeOfType<MontyFunctionCall>();
        var idle = (await pool.TurnAsync(null, new FeedTurn("1")).InTime()).Dump;

        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(call, MontyAnswer.NotHandled),
            "The answer NotHandled is not possible for a function call. Use Return, "
        );
        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(call, MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer>())),
            "The answer Resolve is not possible for a call. Use Return, "
        );
        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(call with { CallId = 7 }, One),
            "The runtime refused the request, and the session is unchanged: "
        );
        await Refused(pool, before.Dump, new AnswerTurn(new MontyNameLookup("fetch"), One), "The runtime refused the request");
        await Refused(
            pool,
            before.Dump,
            new AnswerTurn(new MontyResolveFutures([0]), MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = One })),
            "The runtime refused the request"
        );
        await Refused(pool, before.Dump, new FeedTurn("print('ran')"), "The runtime refused the request");
        await Refused(pool, idle, new AnswerTurn(call, One), "The runtime refused the request");
        await Refused(pool, idle, new AbortTurn(new PythonError("ValueError")), "The runtime refused the request");
        await Refused(pool, null, new AnswerTurn(call, One), "The runtime refused the request");

        await AnswerAndCheck(pool, before);
    }

    [LinuxFact]
    public async Task A_refused_dump_runs_nothing()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("fetch() + 1")).InTime();
        var damaged = before.Dump.Bytes.ToArray();
        damaged[40] ^= 1;

        foreach (
            var options in new[]
            {
                null,
                new TurnOptions { AnswerInline = _ => throw new InvalidOperationException("nothing may run") },
            }
        )
        {
            var refusal = await Should.ThrowAsync<MontyDumpException>(() =>
                pool.TurnAsync(new MontyDump(damaged), new FeedTurn("ready()"), options).InTime()
            );
            refusal.Refusal.ShouldBe(DumpRefusal.Tampered);
        }

        await AnswerAndCheck(pool, before);
    }

    [LinuxFact]
    public async Task Suspensions_are_counted_across_turns()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var options = new TurnOptions
        {
            Session = new SessionOptions
            {
                Limits = new MontyLimits { MaxSuspensions = 6, MaxSuspensionsPerFeed = 4 },
            },
        };

        var (answers, turn) = await AnswerAll(
            pool,
            await pool.TurnAsync(null, new FeedTurn("for i in range(100): fetch(i)"), options).InTime()
        );
        answers.ShouldBe(4);
        turn.Progress.ShouldBeOfType<MontyFailed>().Error.TypeAndMessage.ShouldBe("RuntimeError: suspension limit 4 exceeded");
        turn.Progress.ShouldBeOfType<MontyFailed>().Origin.ShouldBe(FailureOrigin.Limit);

        (answers, turn) = await AnswerAll(pool, await pool.TurnAsync(turn.Dump, new FeedTurn("for i in range(100): fetch(i)")).InTime());
        answers.ShouldBe(1);
        turn.Progress.ShouldBeOfType<MontyFailed>().Error.TypeAndMessage.ShouldBe("RuntimeError: suspension limit 6 exceeded");
        turn = await pool.TurnAsync(turn.Dump, new FeedTurn("i")).InTime();
        turn.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(new MontyInt(1));

        static async Task<(int Answers, TurnResult Turn)> AnswerAll(MontyPool pool, TurnResult turn)
        {
            for (var answers = 0; ; answers++)
            {
                if (turn.Progress is not MontySuspension suspension)
                {
                    return (answers, turn);
                }

                turn = await pool.TurnAsync(turn.Dump, new AnswerTurn(suspension, One)).InTime();
            }
        }
    }

    [LinuxFact]
    public async Task Suspensions_answered_on_the_spot_are_counted_too()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var options = new TurnOptions
        {
            Session = new SessionOptions { Limits = new MontyLimits { MaxSuspensionsPerFeed = 3 } },
            AnswerInline = _ => One,
        };

        var turn = await pool.TurnAsync(null, new FeedTurn("n = 0\nwhile True:\n    n += 1\n    fetch()"), options).InTime();

        turn.Progress.ShouldBeOfType<MontyFailed>().Error.TypeAndMessage.ShouldBe("RuntimeError: suspension limit 3 exceeded");
        (await pool.TurnAsync(turn.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(4));
    }

    [LinuxFact]
    public async Task A_turn_goes_on_while_its_suspensions_are_answered_on_the_spot()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var seen = new List<string>();
        var options = new TurnOptions
        {
            AnswerInline = suspension =>
            {
                seen.Add(suspension is MontyFunctionCall call ? call.Display() : suspension.GetType().Name);
                return suspension is MontyFunctionCall { Name: "stop" } ? null : MontyAnswer.Return(seen.Count);
            },
        };

        var turn = await pool.TurnAsync(
                null,
                new FeedTurn("print('a')\nx = [f(1), name, g(k=2)]\nprint(x)\ny = stop()\nprint('b')\nz = f(y)\n(x, y, z)"),
                options
            )
            .InTime();
        turn.Printed.ShouldBe("a\n[1, 2, 3]\n");
        turn.Progress.ShouldBeOfType<MontyFunctionCall>().Name.ShouldBe("stop");
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Return("y")), options).InTime();

        turn.Printed.ShouldBe("b\n");
        turn.Progress.ShouldBeOfType<MontyComplete>().Value.ToString().ShouldBe("([1, 2, 3], 'y', 5)");
        seen.ShouldBe(["f(1)", "MontyNameLookup", "g(k=2)", "stop()", "f('y')"]);
    }

    [LinuxFact]
    public async Task What_the_callers_answer_throws_goes_to_the_caller_and_the_dump_before_is_good()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("n = 5")).InTime();
        Exception[] thrown = [new ArgumentException("mine"), new InvalidOperationException("mine")];

        foreach (var one in thrown)
        {
            var caught = await Should.ThrowAsync<Exception>(() =>
                pool.TurnAsync(before.Dump, new FeedTurn("n = 6\nfetch()"), new TurnOptions { AnswerInline = _ => throw one }).InTime()
            );
            caught.ShouldBeSameAs(one);
        }

        await Should.ThrowAsync<ArgumentException>(() =>
            pool.TurnAsync(before.Dump, new FeedTurn("fetch()"), new TurnOptions { AnswerInline = _ => MontyAnswer.NotHandled }).InTime()
        );
        (await pool.TurnAsync(before.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(5));
        pool.Statistics.Live.ShouldBe(pool.Statistics.Idle);
    }

    [LinuxFact]
    public async Task A_turn_that_prints_past_its_cap_costs_its_worker_only()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var before = await pool.TurnAsync(null, new FeedTurn("n = 5")).InTime();
        var options = new TurnOptions { MaxPrintBytes = 20_000 };

        (await pool.TurnAsync(before.Dump, new FeedTurn("print('é' * 9_999 + 'x')"), options).InTime()).Printed.Length.ShouldBe(10_001);
        var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
            pool.TurnAsync(before.Dump, new FeedTurn("while True: print('é' * 10_000)"), options).InTime()
        );

        failure.Failure.ShouldBe(WorkerFailure.PrintLimitExceeded);
        failure.Message.ShouldContain("raise MaxPrintBytes");
        (await pool.TurnAsync(before.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(5));
    }

    [LinuxFact]
    public async Task The_worker_remembers_nothing_of_a_turn()
    {
        using var runtime = new WrappedRuntime();
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime.Path });
        var limited = new TurnOptions
        {
            Session = new SessionOptions
            {
                ScriptName = "limited.py",
                Limits = new MontyLimits { MaxRecursionDepth = 3 },
            },
        };
        var waiting = await pool.TurnAsync(null, new FeedTurn("secret = 1\nwait()"), limited).InTime();

        (await pool.TurnAsync(null, new FeedTurn("secret")).InTime()).Progress.Timeless().ShouldBe(new MontyNameLookup("secret"));
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            (await session.StartAsync("secret").InTime()).Timeless().ShouldBe(new MontyNameLookup("secret"));
        }

        var deep = await pool.TurnAsync(null, new FeedTurn("def f(n):\n    return 0 if n == 0 else f(n - 1)\nf(100)")).InTime();
        deep.Progress.ShouldBeOfType<MontyComplete>();
        var after = await pool.TurnAsync(waiting.Dump, new AnswerTurn((MontySuspension)waiting.Progress, MontyAnswer.Raise("ValueError")))
            .InTime();
        after.Progress.ShouldBeOfType<MontyFailed>().Error.Frames[0].FileName.ShouldBe("limited.py");
        runtime.Started.Count.ShouldBe(1);
    }

    [LinuxFact]
    public async Task An_aborted_feed_leaves_a_session_that_takes_another()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var turn = await pool.TurnAsync(null, new FeedTurn("n = 1\nwait()\nn = 2")).InTime();

        turn = await pool.TurnAsync(turn.Dump, new AbortTurn(new PythonError("KeyboardInterrupt", "enough"))).InTime();

        turn.Progress.ShouldBeOfType<MontyFailed>().Error.TypeAndMessage.ShouldBe("KeyboardInterrupt: enough");
        (await pool.TurnAsync(turn.Dump, new FeedTurn("n")).InTime())
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Turns_and_sessions_take_each_others_dumps()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var turn = await pool.TurnAsync(null, new FeedTurn("def f():\n    raise ValueError(wait())", ScriptName: "turn.py")).InTime();
        MontyDump dump;
        using (var session = await pool.LoadSessionAsync(turn.Dump).InTime())
        {
            await session.StartAsync("f()", new FeedOptions { ScriptName = "session.py" }).InTime();
            dump = await session.DumpAsync().InTime();
        }

        turn = await pool.TurnAsync(dump, new AnswerTurn(new MontyFunctionCall("wait", [], [], 0), MontyAnswer.Return("why"))).InTime();

        turn.Progress.ShouldBeOfType<MontyFailed>().Error.Frames.Select(f => f.FileName).ShouldBe(["session.py", "turn.py"]);
    }

    private static Func<MontySuspension, MontyAnswer> AnswerOnce(TaskCompletionSource reached) =>
        _ =>
        {
            reached.TrySetResult();
            return One;
        };

    private static async Task Refused(MontyPool pool, MontyDump? dump, TurnRequest request, string why)
    {
        var refused = await Should.ThrowAsync<Exception>(() => pool.TurnAsync(dump, request).InTime());
        (refused is ArgumentException or MontySizeException).ShouldBeTrue(refused.ToString());
        refused.Message.ShouldContain(why);
        (await pool.RunAsync("6 * 7").InTime()).Value.ShouldBe(new MontyInt(42), $"the worker is out of step after: {why}");
    }

    private static async Task AnswerAndCheck(MontyPool pool, TurnResult before)
    {
        var after = await pool.TurnAsync(before.Dump, new AnswerTurn((MontySuspension)before.Progress, One)).InTime();
        after.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(new MontyInt(2));
        (pool.Statistics.Live, pool.Statistics.Idle, pool.Statistics.Started).ShouldBe((1, 1, 1), "no refusal cost a worker");
    }

    private static async Task<int> CompareAsync(MontyPool pool, PythonProgram program)
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { ScriptName = "step.py" });
        var options = new TurnOptions { Session = new SessionOptions { ScriptName = "step.py" } };
        MontyDump? dump = null;
        var steps = 0;
        foreach (var feed in program.Feeds)
        {
            var printed = new List<string>();
            var stateful = await session.StartAsync(feed, new FeedOptions { OnPrint = printed.Add });
            var stateless = await pool.TurnAsync(dump, new FeedTurn(feed), options);
            while (true)
            {
                stateless.Progress.Timeless().ShouldBe(stateful.Timeless());
                stateless.Printed.ShouldBe(string.Concat(printed));
                if (stateful is not MontySuspension suspension)
                {
                    break;
                }

                steps++;
                printed.Clear();
                var answer = AnswerFor(suspension);
                stateful = await session.AnswerAsync(suspension, answer);
                stateless = await pool.TurnAsync(stateless.Dump, new AnswerTurn((MontySuspension)stateless.Progress, answer), options);
            }

            dump = stateless.Dump;
        }

        return steps;
    }

    private static MontyAnswer AnswerFor(MontySuspension suspension) =>
        suspension switch
        {
            MontyFunctionCall { Name: "call_next" } call => MontyAnswer.Return(
                call.Arguments[0] is MontyInt n ? new MontyInt(n.Value + 1) : call.Arguments[0]
            ),
            MontyFunctionCall { Name: "call_raise" } => MontyAnswer.Raise("ValueError", "the host says no"),
            MontyOsCall { Function: OsFunction.Getenv } => MontyAnswer.Return("7"),
            MontyOsCall => MontyAnswer.NotHandled,
            MontyNameLookup { Name: "name_five" } => MontyAnswer.Return(5),
            _ => MontyAnswer.NotFound,
        };
}
