using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests durable sessions on the real runtime and a store in memory.</summary>
public sealed class EngineTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();

    [Fact]
    public async Task A_feed_runs_to_its_end_and_its_history_is_durable()
    {
        await using var engine = await StartAsync();

        var outcome = await engine.RunAsync(Id, "print('hello')\nx = 20\nx + 22", cancellationToken: Token);

        outcome.ShouldBe(new FeedOutcome.Completed(42));
        (await engine.HistoryAsync(Id))
            .Select(e => e.GetType().Name)
            .ShouldBe(["SessionOpened", "FeedStarted", "TextPrinted", "FeedEnded"]);
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(20));
    }

    [Fact]
    public async Task A_command_sent_again_is_applied_once()
    {
        await using var engine = await StartAsync();
        await engine.RunAsync(Id, "n = 0", "first", Token);

        var first = await engine.RunAsync(Id, "n += 1\nn", "second", Token);
        var again = await engine.RunAsync(Id, "n += 1\nn", "second", Token);

        (first, again).ShouldBe((new FeedOutcome.Completed(1), new FeedOutcome.Completed(1)));
        (await engine.RunAsync(Id, "n", "third", Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Handlers_run_after_their_call_is_durable_and_get_a_unique_key()
    {
        List<DurableCall> seen = [];
        await using var engine = await StartAsync(
            DurableTool.Handled(
                "charge",
                async (call, cancellationToken) =>
                {
                    seen.Add(call);
                    (await store.ReadEventsAsync(Id)).OfType<CallAnnounced>().ShouldContain(c => c.ArgumentsHash == call.ArgumentsHash);
                    return (long)call.Call.Arguments.Count;
                }
            )
        );

        (await engine.RunAsync(Id, "charge(1, 2) + charge('x')", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(3));
        seen.Select(c => c.IdempotencyKey).ShouldBe(["tenant/session/1/0", "tenant/session/1/1"]);
    }

    [Fact]
    public async Task Calls_under_gather_are_open_at_once()
    {
        var both = new TaskCompletionSource();
        var open = 0;
        await using var engine = await StartAsync(
            DurableTool.Handled(
                "fetch",
                async (call, cancellationToken) =>
                {
                    if (Interlocked.Increment(ref open) == 2)
                    {
                        both.SetResult();
                    }

                    await both.Task.WaitAsync(cancellationToken);
                    return call.Call.Arguments[0];
                },
                isAsync: true
            )
        );

        var outcome = await engine.RunAsync(Id, "import asyncio\nawait asyncio.gather(fetch(1), fetch(2))", cancellationToken: Token);

        outcome.ShouldBe(new FeedOutcome.Completed(new MontyList([1, 2])));
    }

    [Fact]
    public async Task An_approval_waits_only_in_the_store_and_outlives_its_engine()
    {
        await using (var engine = await StartAsync(DurableTool.External("approve")))
        {
            await OpenAsync(engine);
            (
                await engine.SendAsync(Id, new FeedCommand("feed", "print('asked')\nanswer = approve('a trip')\nf'it is {answer}'"), Token)
            ).ShouldBeOfType<SessionReply.Accepted>();
        }

        await using var next = await StartAsync(DurableTool.External("approve"));
        (await store.ListAsync(new SessionQuery("tenant") { WaitingOn = "approve" }, Token)).Count.ShouldBe(1);
        (await next.CountLiveSessionsAsync(Token)).ShouldBe(0);
        (await next.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return("yes")), Token)).ShouldBeOfType<SessionReply.Accepted>();
        (await next.SendAsync(Id, new AnswerCommand("b", 1, 0, MontyAnswer.Return("no")), Token))
            .ShouldBeOfType<SessionReply.Refused>()
            .Reason.ShouldBe(SessionRefusal.NoSuchCall);
        (await next.HistoryAsync(Id))[^1].ShouldBe(new FeedEnded(new FeedOutcome.Completed("it is yes")));
    }

    [Fact]
    public async Task A_call_that_ran_when_the_engine_stopped_runs_again_with_the_same_key_and_arguments()
    {
        List<DurableCall> seen = [];
        var started = new TaskCompletionSource();
        DurableTool Charge(Func<CancellationToken, Task> wait) =>
            DurableTool.Handled(
                "charge",
                async (call, cancellationToken) =>
                {
                    seen.Add(call);
                    started.TrySetResult();
                    await wait(cancellationToken);
                    return "paid";
                }
            );
        await using (var engine = await StartAsync(Charge(Never.EndsAsync)))
        {
            await OpenAsync(engine);
            await engine.SendAsync(Id, new FeedCommand("feed", "charge(5)"), Token);
            await started.Task;
        }

        await using var next = await StartAsync(Charge(_ => Task.CompletedTask));
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("paid"));
        seen.Count.ShouldBe(2);
        seen[0].ShouldBe(seen[1]);
    }

    [Fact]
    public async Task A_timer_wakes_a_session_that_left_memory()
    {
        var time = new FakeTime();
        await using var engine = await StartAsync(time: time);
        await OpenAsync(engine);
        await engine.SendAsync(Id, new FeedCommand("feed", "await sleep(86400 * 3)\n'awake'"), Token);
        var armed = await engine.CountLiveSessionsAsync(Token);
        time.Advance(TimeSpan.FromMinutes(2));
        await TestTasks.UntilAsync(async () => await engine.CountLiveSessionsAsync(Token) == 0);

        time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(2)); // no further, because the deadline of its turn is on the same clock

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
        armed.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_times_out_raises_TimeoutError_in_the_script()
    {
        var time = new FakeTime();
        await using var engine = await StartAsync(time, DurableTool.External("ask") with { Timeout = TimeSpan.FromHours(1) });
        await OpenAsync(engine);
        await engine.SendAsync(
            Id,
            new FeedCommand("feed", "try:\n    ask()\nexcept TimeoutError as late:\n    result = str(late)\nresult"),
            Token
        );

        time.Advance(TimeSpan.FromHours(1));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("ask did not answer in time"));
    }

    [Fact]
    public async Task A_handler_is_retried_after_its_delay_and_then_its_error_is_raised()
    {
        var time = new FakeTime();
        List<int> attempts = [];
        var failing = DurableTool.Handled(
            "flaky",
            (call, _) =>
            {
                attempts.Add(call.Attempt);
                throw new HttpRequestException("no route");
            }
        ) with
        {
            MaxAttempts = 3,
            RetryDelay = TimeSpan.FromSeconds(10),
        };
        await using var engine = await StartAsync(time, failing);
        await OpenAsync(engine);
        await engine.SendAsync(Id, new FeedCommand("feed", "flaky()"), Token);
        await engine.EventAsync(Id, e => e is AttemptFailed { Attempt: 1 });
        time.Advance(TimeSpan.FromSeconds(10));
        await engine.EventAsync(Id, e => e is AttemptFailed { Attempt: 2 });
        time.Advance(TimeSpan.FromSeconds(20));

        var failed = (await engine.EndAsync(Id)).ShouldBeOfType<FeedOutcome.Failed>();
        failed.Error.Message.ShouldBe("HttpRequestException");
        attempts.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Cancel_ends_a_computing_script_and_the_session_continues_as_before()
    {
        await using var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store }, Token); // acknowledges the feed while it computes
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        (await engine.SendAsync(Id, new FeedCommand("loop", "x = 2\nwhile True: pass"), Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await engine.SendAsync(Id, new CancelCommand("stop", "enough"), Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await engine.HistoryAsync(Id))[^1].ShouldBe(new FeedEnded(new FeedOutcome.Cancelled("enough")));
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Signals_are_delivered_to_the_waiting_call_and_early_signals_are_kept()
    {
        await using var engine = await StartAsync();
        await OpenAsync(engine);
        await engine.SendAsync(Id, new SignalCommand("early", "go", 1), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "a = await receive('go')\nb = await receive('go')\n(a, b)"), Token);

        await engine.SendAsync(Id, new SignalCommand("late", "go", 2), Token);

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(new MontyTuple([1, 2])));
    }

    [Fact]
    public async Task A_dump_of_another_runtime_is_replaced_by_a_replay_of_the_history()
    {
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await engine.RunAsync(
                Id,
                "class Box:\n    def __init__(self): self.n = 7\nbox = Box()\nprint(new_id())",
                cancellationToken: Token
            );
            await engine.SendAsync(Id, new FeedCommand("feed", "print('before')\nbox.n + ask(1)"), Token);
        }

        await using var foreign = new RewrittenStore(store) { Dump = OfAnotherRuntime };
        await using var next = await MontyEngine.StartAsync(Options(null, DurableTool.External("ask")) with { Store = foreign }, Token);
        await next.SendAsync(Id, new AnswerCommand("a", 2, 0, MontyAnswer.Return(35)), Token);

        (await next.HistoryAsync(Id))[^1].ShouldBe(new FeedEnded(new FeedOutcome.Completed(42)));
    }

    [Fact]
    public async Task A_replay_that_differs_from_the_history_quarantines_the_session_with_both_sides()
    {
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await OpenAsync(engine);
            await engine.SendAsync(Id, new FeedCommand("feed", "ask(1)"), Token);
        }

        await using var foreign = new RewrittenStore(store)
        {
            Dump = OfAnotherRuntime,
            Event = e =>
                e is CallAnnounced { Call: MontyFunctionCall call } announced ? announced with { Call = call with { Arguments = [2] } } : e,
        };
        await using var next = await MontyEngine.StartAsync(Options(null, DurableTool.External("ask")) with { Store = foreign }, Token);
        await next.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return(35)), Token);

        var evidence = (await store.ReadEventsAsync(Id)).OfType<SessionQuarantined>().ShouldHaveSingleItem().Evidence;
        evidence.ShouldContain("ask(2");
        evidence.ShouldContain("ask(1");
    }

    [Fact]
    public async Task A_session_that_was_recovered_in_quarantine_continues_with_its_interpreter_when_it_is_released()
    {
        const string Code = "x + ask(1)";
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await engine.RunAsync(Id, "x = 40", cancellationToken: Token);
            await engine.SendAsync(Id, new FeedCommand("feed", Code), Token);
        }

        await using var broken = new RewrittenStore(store)
        {
            Dump = OfAnotherRuntime,
            Event = e =>
                e is CallAnnounced { Call: MontyFunctionCall call } announced ? announced with { Call = call with { Arguments = [2] } } : e,
        };
        await using (var engine = await MontyEngine.StartAsync(Options(null, DurableTool.External("ask")) with { Store = broken }, Token))
        {
            await engine.SendAsync(Id, new AnswerCommand("a", 2, 0, MontyAnswer.Return(2)), Token);
        }

        await using var repaired = new RewrittenStore(store) { Dump = OfAnotherRuntime };
        await using var next = await MontyEngine.StartAsync(Options(null, DurableTool.External("ask")) with { Store = repaired }, Token);
        (await next.SendAsync(Id, new ReleaseCommand("release", FailFeed: false), Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await next.RunAsync(Id, Code, "feed", Token)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Fact]
    public async Task A_turn_that_exceeds_the_sessions_time_limit_does_not_change_variables()
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        await engine.SendAsync(
            Id,
            new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxDuration = TimeSpan.FromSeconds(2) } }),
            Token
        );
        await engine.SendAsync(Id, new FeedCommand("feed", "x = 1\nask()\nx = 2\nwhile True: pass"), Token);
        await engine.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return(1)), Token);

        (await engine.EndAsync(Id)).ShouldBeOfType<FeedOutcome.Failed>().Error.Type.ShouldBe("TimeoutError");
        (await engine.HistoryAsync(Id)).OfType<WorkerCrashed>().ShouldBeEmpty();
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_script_that_kills_its_workers_quarantines_only_its_session_and_a_release_lets_it_continue()
    {
        var other = new SessionId("tenant", "other");
        await using var engine = await StartAsync();
        await engine.SendAsync(
            Id,
            new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxRecursionDepth = 100_000 } }),
            Token
        );
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);

        await engine.SendAsync(Id, new FeedCommand("deep", "x = []\nfor i in range(90_000): x = [x]\nrepr(x)"), Token);
        var evidence = ((SessionQuarantined)await engine.EventAsync(Id, e => e is SessionQuarantined)).Evidence;
        (await engine.RunAsync(other, "1 + 1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(2));
        (await engine.SendAsync(Id, new FeedCommand("refused", "x"), Token))
            .ShouldBeOfType<SessionReply.Refused>()
            .Reason.ShouldBe(SessionRefusal.Quarantined);

        (await engine.SendAsync(Id, new ReleaseCommand("release", FailFeed: true), Token)).ShouldBeOfType<SessionReply.Accepted>();

        evidence.ShouldContain("Exit code");
        (await engine.HistoryAsync(Id)).OfType<WorkerCrashed>().Count().ShouldBe(3);
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task An_append_that_is_stored_after_the_store_failed_is_recovered_and_the_session_continues()
    {
        await using var slow = new LateStore(store);
        await using var engine = await MontyEngine.StartAsync(
            Options(null, DurableTool.Handled("charge", (call, _) => new(call.Call.Arguments[0]))) with
            {
                Store = slow,
            },
            Token
        );

        var outcome = await engine.RunAsync(Id, "charge(1) + charge(2)", "feed", Token).WaitAsync(TestTimeouts.Generous, Token);

        outcome.ShouldBe(new FeedOutcome.Completed(3));
        (await store.ReadEventsAsync(Id)).OfType<CallAnswered>().Select(a => a.CallId).ShouldBe([0u, 1u]);
    }

    [Fact]
    public async Task A_second_engine_on_a_store_is_refused()
    {
        await using var engine = await StartAsync();

        await Should.ThrowAsync<StoreOwnedException>(() => StartAsync());
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>A store whose third commit fails, and is stored later, before the fourth.</summary>
    private sealed class LateStore(SessionStore inner) : DelegatingStore(inner)
    {
        private IReadOnlyList<ChangeWrite>? late;
        private int commits;

        internal override void Write(IReadOnlyList<ChangeWrite> writes)
        {
            if (Interlocked.Exchange(ref late, null) is { } before)
            {
                base.Write(before);
                before[0].Outcome.ShouldBe(WriteOutcome.Stored);
            }

            if (++commits == 3)
            {
                late = writes;
                throw new SessionStoreException("the connection broke");
            }

            base.Write(writes);
        }
    }

    private static StoredDump OfAnotherRuntime(StoredDump dump) => dump with { Runtime = "monty 0.0.1" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MontyEngineOptions Options(TimeProvider? time, params DurableTool[] tools) =>
        new()
        {
            Store = store,
            Tools = tools,
            TimeProvider = time ?? TimeProvider.System,
            AnswerFirstAfter = TimeSpan.FromDays(1),
        }; // a command is acknowledged only after its turn

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) => StartAsync(null, tools);

    private Task<MontyEngine> StartAsync(TimeProvider? time, params DurableTool[] tools) =>
        MontyEngine.StartAsync(Options(time, tools), Token);

    private static async Task OpenAsync(MontyEngine engine) =>
        (await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token)).ShouldBeOfType<SessionReply.Accepted>();
}
