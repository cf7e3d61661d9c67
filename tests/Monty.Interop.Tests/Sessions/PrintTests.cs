using System.Runtime.Versioning;
using System.Text;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Printed text: collected, called back, or streamed.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrintTests : IDisposable
{
    private const string Endless = "n = 0\nwhile True:\n    n += 1\n    print('x' * 9_000)";
    private readonly MontyPool pool = new(new MontyPoolOptions { MaxWorkers = 1 });

    public void Dispose() => pool.Dispose();

    [LinuxFact]
    public async Task Text_is_collected_in_order_whatever_its_size()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session.FeedAsync("for i in range(5_000):\n    print(i, 'é😀', sep='-', end=';')\nprint()").InTime();

        result.Printed.ShouldBe(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i}-é😀;")) + "\n");
        (await session.FeedAsync("1").InTime()).Printed.ShouldBe("", "each feed has its own text");
    }

    [LinuxFact]
    public async Task Text_goes_to_the_callback_and_is_then_not_collected()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }).InTime();
        var printed = new List<string>();

        var result = await session
            .FeedAsync("print('a')\nprint('b', end='')\nprint('c')\nprint()", new FeedOptions { OnPrint = printed.Add })
            .InTime();

        printed.ShouldBe(["a\n", "bc\n", "\n"]);
        result.Printed.ShouldBe("");
    }

    [LinuxFact]
    public async Task Text_before_a_call_has_arrived_when_the_call_is_handled()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var order = new List<string>();
        var tool = MontyTool.Sync(
            "call",
            call =>
            {
                order.Add($"call {call.Arguments[0]}");
                return MontyValue.None;
            }
        );

        await session
            .FeedAsync("for i in range(3):\n    print(i, end='')\n    call(i)", new FeedOptions { OnPrint = order.Add, Tools = [tool] })
            .InTime();

        order.ShouldBe(["0", "call 0", "1", "call 1", "2", "call 2"]);
    }

    [LinuxFact]
    public async Task Text_printed_before_a_failure_comes_with_it()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("print('before')\n1 / 0").InTime());

        failure.Printed.ShouldBe("before\n");
    }

    [Fact]
    public void A_cap_below_nothing_is_refused_before_it_costs_a_worker()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new FeedOptions { MaxPrintBytes = -1 })
            .Message.ShouldContain("MaxPrintBytes is negative");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new TurnOptions { MaxPrintBytes = -1 })
            .Message.ShouldContain("MaxPrintBytes is negative");
    }

    [LinuxTheory]
    [InlineData(10_000, true)]
    [InlineData(9_999, false)]
    public async Task Collecting_stops_at_the_cap_and_not_before(int cap, bool fits)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var feed = session.FeedAsync("print('é' * 4_999 + 'x')", new FeedOptions { MaxPrintBytes = cap });

        if (fits)
        {
            Encoding.UTF8.GetByteCount((await feed.InTime()).Printed).ShouldBe(cap);
            return;
        }

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => feed.InTime());
        failure.Failure.ShouldBe(WorkerFailure.PrintLimitExceeded);
        failure.Message.ShouldContain(
            "the script printed more than 9999 bytes; raise MaxPrintBytes, or receive the text as it arrives with OnPrint"
        );
    }

    [LinuxFact]
    public async Task The_cap_ends_a_script_that_prints_without_end()
    {
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync(Endless).InTime())).Failure.ShouldBe(
                WorkerFailure.PrintLimitExceeded
            );
            await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("1").InTime());
        }

        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task The_deadline_ends_a_script_that_prints_without_end()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { TurnTimeout = TestTimeouts.MeantToPass }).InTime();

        var turn = Task.Run(() => session.FeedAsync(Endless, new FeedOptions { OnPrint = SlowReader }));

        (await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime())).Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task A_token_ends_a_script_that_prints_without_end()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        using var cancellation = new CancellationTokenSource();
        var chunks = 0;

        var turn = Task.Run(() => session.FeedAsync(Endless, new FeedOptions { OnPrint = _ => Count() }, cancellation.Token));

        await Should.ThrowAsync<OperationCanceledException>(() => turn.InTime());

        void Count()
        {
            SlowReader("");
            if (++chunks == 20)
            {
                cancellation.Cancel();
            }
        }
    }

    [LinuxFact]
    public async Task What_the_callback_throws_goes_to_the_caller_and_ends_the_session()
    {
        var mine = new InvalidOperationException("mine");
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            var thrown = await Should.ThrowAsync<InvalidOperationException>(() =>
                session.FeedAsync("print('a')", new FeedOptions { OnPrint = _ => throw mine }).InTime()
            );
            thrown.ShouldBeSameAs(mine);
            (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("1").InTime())).Failure.ShouldBe(
                WorkerFailure.Abandoned
            );
        }

        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        pool.Statistics.Discarded.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_stream_gives_the_text_in_order_and_the_result_last()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }).InTime();
        var tool = MontyTool.Async(
            "slow",
            async (call, _) =>
            {
                await Task.Yield();
                return call.Arguments[0];
            }
        );

        var events = await Collect(session.StreamAsync("print('a')\nprint(await slow('b'))\n6 * 7", new FeedOptions { Tools = [tool] }));

        events.SkipLast(1).ShouldBe([new FeedPrinted("a\n"), new FeedPrinted("b\n")]);
        events[^1].ShouldBeOfType<FeedFinished>().Result.Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task A_stream_gives_the_same_text_as_is_collected()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        const string Code = "for i in range(3_000):\n    print(i, '😀' * (i % 7))";

        var events = await Collect(session.StreamAsync(Code));

        string.Concat(events.OfType<FeedPrinted>().Select(p => p.Text)).ShouldBe((await session.FeedAsync(Code).InTime()).Printed);
        events.Count(e => e is FeedFinished).ShouldBe(1);
        events[^1].ShouldBeOfType<FeedFinished>();
    }

    [LinuxFact]
    public async Task A_stream_ends_with_the_scripts_failure_after_its_text()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var events = new List<FeedEvent>();

        var failure = await Should.ThrowAsync<MontyScriptException>(async () =>
        {
            await foreach (var one in session.StreamAsync("print('before')\n1 / 0"))
            {
                events.Add(one);
            }
        });

        failure.Error.Type.ShouldBe("ZeroDivisionError");
        events.ShouldBe([new FeedPrinted("before\n")]);
        (await session.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task A_stream_is_capped_too()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var bytes = 0;

        var failure = await Should.ThrowAsync<MontyWorkerException>(async () =>
        {
            await foreach (var one in session.StreamAsync(Endless, new FeedOptions { MaxPrintBytes = 100_000 }))
            {
                bytes += ((FeedPrinted)one).Text.Length;
            }
        });

        failure.Failure.ShouldBe(WorkerFailure.PrintLimitExceeded);
        bytes.ShouldBeInRange(80_000, 100_000);
    }

    [LinuxFact]
    public async Task Leaving_a_stream_early_kills_a_running_script_and_leaves_nothing_behind()
    {
        using var runtime = new WrappedRuntime();
        using var own = new MontyPool(new MontyPoolOptions { RuntimePath = runtime.Path, MaxWorkers = 1 });
        using (var session = await own.OpenSessionAsync().InTime())
        {
            await Task.Run(async () =>
                {
                    await foreach (var one in session.StreamAsync(Endless, new FeedOptions { MaxPrintBytes = long.MaxValue }))
                    {
                        one.ShouldBeOfType<FeedPrinted>();
                        break;
                    }
                })
                .InTime();
            (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("1").InTime())).Failure.ShouldBe(
                WorkerFailure.Cancelled
            );
        }

        runtime.Present.ShouldBeEmpty();
        (await own.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        own.Statistics.ShouldBe(new MontyPoolStatistics(Live: 1, Idle: 1, Waiting: 0, Started: 2, Recycled: 0, Discarded: 1, Checkouts: 2));
    }

    [LinuxFact]
    public async Task Leaving_a_stream_while_a_tool_runs_ends_the_feed_and_keeps_the_session()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var tool = MontyTool.Sync(
            "never",
            async (_, end) =>
            {
                using var registration = end.Register(cancelled.SetResult);
                started.SetResult();
                await Never.EndsAsync(end);
                return MontyValue.None;
            }
        );

        await foreach (var one in session.StreamAsync("n = 1\nprint('a')\nnever()", new FeedOptions { Tools = [tool] }))
        {
            one.ShouldBe(new FeedPrinted("a\n"));
            await started.Task.InTime();
            break;
        }

        await cancelled.Task.InTime();
        session.Pending.ShouldBeNull();
        (await session.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task A_session_lost_in_the_middle_of_a_feed_says_so_to_the_next_feed()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }).InTime();
        using var cancellation = new CancellationTokenSource();
        var looping = new TaskCompletionSource();
        var feed = new FeedOptions { OnPrint = _ => looping.TrySetResult() };
        var call = (MontySuspension)await session.StartAsync("wait()\nprint('looping')\nwhile True: pass", feed).InTime();

        var turn = session.AnswerAsync(call, MontyAnswer.Return(1), cancellation.Token).AsTask();
        await looping.Task.InTime();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => turn.InTime());

        (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("1").InTime())).Failure.ShouldBe(WorkerFailure.Cancelled);
    }

    [LinuxFact]
    public async Task A_stream_refuses_what_a_feed_refuses()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        await Should.ThrowAsync<ArgumentException>(() =>
            Collect(session.StreamAsync("1", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["a b"] = 1 } }))
        );
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Collect(session.StreamAsync("1", null, new CancellationToken(canceled: true)))
        );

        (await session.FeedAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    /// <summary>Takes longer for a chunk than the script does: there is always another one to read.</summary>
    private static void SlowReader(string text) => SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(2));

    private static async Task<List<FeedEvent>> Collect(IAsyncEnumerable<FeedEvent> stream)
    {
        var events = new List<FeedEvent>();
        await foreach (var one in stream)
        {
            events.Add(one);
        }

        return events;
    }
}
