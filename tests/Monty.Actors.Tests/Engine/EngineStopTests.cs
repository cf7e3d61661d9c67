using System.Collections.Concurrent;
using Monty.Actors.Tests.Hosting;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests the end of an engine, by disposal and by the loss of its store.</summary>
public sealed class EngineStopTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();
    private readonly ConcurrentQueue<string> problems = [];
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task An_engine_that_lost_its_store_cancels_handlers_and_stops_and_the_next_engine_continues()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = new TakenStore(store).Free();
        var engine = await StartAsync(
            TimeProvider.System,
            taken,
            DurableTool.Handled(
                "work",
                async (_, cancellationToken) =>
                {
                    started.TrySetResult();
                    await using var registration = cancellationToken.Register(cancelled.SetResult);
                    await Never.EndsAsync(cancellationToken);
                    return 0;
                }
            )
        );
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        await taken.TakeAsync();

        await cancelled.Task.InTime();
        await engine.DisposeAsync().AsTask().InTime();
        problems.ShouldContain(p => p.Contains("lost its store"));
        (await Should.ThrowAsync<ObjectDisposedException>(() => engine.RunAsync(Id, "1", cancellationToken: Token))).Message.ShouldContain(
            "lost its store"
        );
        await using var next = await StartAsync(TimeProvider.System, store, DurableTool.Handled("work", (_, _) => new(7)));
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(7));
    }

    [Fact]
    public async Task An_engine_that_lost_its_store_ends_the_running_turn()
    {
        var taken = new TakenStore(store).Free();
        var engine = await StartAsync(TimeProvider.System, taken);
        await FeedAsync(engine, "while True: pass");

        await taken.TakeAsync();

        await engine.DisposeAsync().AsTask().InTime();
        problems.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Dispose_cancels_the_running_turn_and_the_next_engine_runs_it_again()
    {
        var engine = await StartAsync(TimeProvider.System, store);
        await FeedAsync(engine, "while True: pass");

        await engine.DisposeAsync().AsTask().InTime();

        problems.ShouldBeEmpty();
        (await store.ListActiveAsync(null, 10, Token)).ShouldBe([Id]);
        await using var next = await StartAsync(TimeProvider.System, store);
        (await next.SendAsync(Id, new CancelCommand("cancel", "enough"), Token)).ShouldBeOfType<SessionReply.Accepted>();
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Cancelled("enough"));
    }

    [Fact]
    public async Task A_command_that_was_sent_before_a_stop_becomes_durable()
    {
        var commits = 0;
        var slow = new RewrittenStore(store)
        {
            BeforeWrite = _ =>
            {
                if (++commits == 2)
                {
                    started.SetResult();
                    released.Task.GetAwaiter().GetResult();
                }
            },
        };
        var engine = await StartAsync(TimeProvider.System, slow);
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        var first = engine.SendAsync(Id, new SignalCommand("first", "go", 1), Token);
        await started.Task.InTime();
        var second = engine.SendAsync(Id, new SignalCommand("second", "go", 2), Token);

        var stop = engine.DisposeAsync().AsTask();
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.SendAsync(Id, new SignalCommand("third", "go", 3), Token));
        released.SetResult();
        await stop.InTime();

        (await first).ShouldBe(new SessionReply.Accepted(2, 0) { Before = 1, Sequence = 2 });
        (await second).ShouldBe(new SessionReply.Accepted(3, 0) { Before = 2, Sequence = 3 });
    }

    [Fact]
    public async Task A_handler_that_returns_while_the_engine_stops_has_answered_and_is_not_run_by_the_next_engine()
    {
        var engine = await StartAsync(TimeProvider.System, store, Deaf());
        await FeedAsync(engine, "work() + 1");
        await started.Task.InTime();

        var stop = engine.DisposeAsync().AsTask();
        released.SetResult();
        await stop.InTime();

        problems.ShouldBeEmpty();
        await using var next = await StartAsync(
            TimeProvider.System,
            store,
            DurableTool.Handled("work", (_, _) => throw new InvalidOperationException("run twice"))
        );
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task An_exception_of_a_canceled_handler_is_not_an_answer_and_the_next_engine_runs_it_again()
    {
        var engine = await StartAsync(
            TimeProvider.System,
            store,
            DurableTool.Handled(
                "work",
                async (_, cancellationToken) =>
                {
                    started.SetResult();
                    await Never.EndsAsync(cancellationToken).ContinueWith(_ => throw new IOException("aborted"), TaskScheduler.Default);
                    return 0;
                }
            )
        );
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        await engine.DisposeAsync().AsTask().InTime();

        problems.ShouldHaveSingleItem().ShouldContain("threw after it was canceled");
        await using var next = await StartAsync(TimeProvider.System, store, DurableTool.Handled("work", (_, _) => new(7)));
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancellation_callback_that_throws_delays_nothing_and_is_reported(bool isReadOnly)
    {
        var starts = 0;
        var engine = await StartAsync(
            TimeProvider.System,
            store,
            DurableTool.Handled(
                "work",
                async (_, cancellationToken) =>
                {
                    await using var registration = cancellationToken.Register(() =>
                        throw new InvalidOperationException("there is no process")
                    );
                    started.TrySetResult();
                    Interlocked.Increment(ref starts);
                    await Never.EndsAsync(cancellationToken);
                    return 0;
                }
            ) with
            {
                IsReadOnly = isReadOnly,
            }
        );
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        (await engine.SendAsync(Id, new CancelCommand("cancel", "enough"), Token).InTime()).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Cancelled("enough"));
        (await engine.RunAsync(Id, "1 + 1", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(2));
        await engine.SendAsync(Id, new FeedCommand("again", "work()"), Token).InTime();
        await TestTasks.UntilAsync(() => Volatile.Read(ref starts) == 2);
        await engine.DisposeAsync().AsTask().InTime();

        problems.ShouldNotBeEmpty();
        problems.ShouldAllBe(p => p.Contains("cancellation token"));
        (await store.ListActiveAsync(null, 10, Token)).ShouldBe([Id]);
    }

    [Fact]
    public async Task A_read_only_tool_that_is_late_and_throws_when_it_is_canceled_only_times_out()
    {
        var time = new FakeTime();
        await using var engine = await StartAsync(
            time,
            store,
            DurableTool.Handled(
                "look",
                async (_, cancellationToken) =>
                {
                    await using var registration = cancellationToken.Register(() =>
                        throw new InvalidOperationException("there is no process")
                    );
                    started.SetResult();
                    await Never.EndsAsync(cancellationToken);
                    return 0;
                }
            ) with
            {
                IsReadOnly = true,
                Timeout = TimeSpan.FromSeconds(7),
            }
        );
        var run = engine.RunAsync(Id, "look()", cancellationToken: Token);
        await started.Task.InTime(); // its timer is armed before it runs

        time.Advance(TimeSpan.FromSeconds(7));

        (await run.InTime())
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.TypeAndMessage.ShouldBe("TimeoutError: look did not answer in time");
        await TestTasks.UntilAsync(() => problems.Any(p => p.Contains("cancellation token")));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_loses_no_answer_of_other_handlers()
    {
        var time = new FakeTime();
        var returns = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var both = new CountdownEvent(2);
        DurableTool Waiting(string name, Task until) =>
            DurableTool.Handled(
                name,
                async (_, _) =>
                {
                    if (both.Signal())
                    {
                        started.SetResult();
                    }

                    await until;
                    return name;
                },
                isAsync: true
            );
        var engine = await StartAsync(time, store, Waiting("deaf", released.Task), Waiting("good", returns.Task));
        await FeedAsync(engine, "import asyncio\nawait asyncio.gather(deaf(), good())");
        await started.Task.InTime();

        var stop = engine.DisposeAsync().AsTask();
        await time.WhenArmed(StopTimeout).InTime();
        returns.SetResult();
        await TestTasks.UntilAsync(async () => (await store.ReadEventsAsync(Id)).Any(e => e is CallAnswered));
        time.Advance(StopTimeout);
        await stop.InTime();

        var again = new ConcurrentQueue<string>();
        DurableTool Again(string name) =>
            DurableTool.Handled(
                name,
                (_, _) =>
                {
                    again.Enqueue(name);
                    return new(name);
                },
                isAsync: true
            );
        await using var next = await StartAsync(time, store, Again("deaf"), Again("good"));
        (await next.EndAsync(Id)).ShouldBeOfType<FeedOutcome.Completed>();
        again.ShouldBe(["deaf"]);
        released.SetResult();
    }

    [Fact]
    public async Task An_answer_during_a_stop_that_the_store_did_not_accept_is_reported()
    {
        var failing = new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is CallAnswered))
                {
                    throw new SessionStoreException("The disk is full.");
                }
            },
        };
        var engine = await StartAsync(TimeProvider.System, failing, Deaf());
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        var stop = engine.DisposeAsync().AsTask();
        released.SetResult();
        await stop.InTime();

        problems.ShouldContain(p => p.Contains("The answer of call 0 in feed 1 of tenant/session could not be stored"));
    }

    [Fact]
    public async Task A_second_dispose_waits_for_the_first()
    {
        var engine = await StartAsync(TimeProvider.System, store, Deaf());
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        var first = engine.DisposeAsync().AsTask();
        var second = engine.DisposeAsync().AsTask();

        second.ShouldBeSameAs(first);
        first.IsCompleted.ShouldBeFalse();
        released.SetResult();
        await second.InTime();
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_is_waited_for_until_the_timeout_and_reported()
    {
        var time = new FakeTime();
        var engine = await StartAsync(time, store, Deaf());
        await FeedAsync(engine, "work()");
        await started.Task.InTime();

        var stop = engine.DisposeAsync().AsTask();
        await time.WhenArmed(StopTimeout).InTime();
        stop.IsCompleted.ShouldBeFalse();
        time.Advance(StopTimeout);
        await stop.InTime();

        problems.ShouldHaveSingleItem().ShouldContain("a handler ignores its cancellation");
        await using var next = await StartAsync(time, store, DurableTool.Handled("work", (_, _) => new(7)));
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(7));
        released.SetResult();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_waited_for_until_the_timeout_and_reported()
    {
        var time = new FakeTime();
        await using var hanging = new RewrittenStore(store)
        {
            BeforeWrite = _ =>
            {
                started.TrySetResult();
                released.Task.GetAwaiter().GetResult();
            },
        };
        var engine = await StartAsync(time, hanging);
        var sent = engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await started.Task.InTime();

        var stop = engine.DisposeAsync().AsTask();
        await time.WhenArmed(StopTimeout).InTime();
        time.Advance(StopTimeout);
        await stop.InTime();

        problems.ShouldHaveSingleItem().ShouldContain("the store does not answer");
        await Should.ThrowAsync<ObjectDisposedException>(() => sent);
        released.SetResult();
    }

    [Fact]
    public async Task Reads_of_a_stopped_engine_end()
    {
        var engine = await StartAsync(TimeProvider.System, store);
        await engine.RunAsync(Id, "1", cancellationToken: Token);
        await engine.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => engine.FindAsync(Id, Token).InTime());
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.WaitAsync(Id, "feed", Token).InTime());
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.CountLiveSessionsAsync(Token).InTime());
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.HistoryAsync(Id).InTime());
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.EventAsync(Id, e => e is FeedEnded).InTime());
    }

    public ValueTask DisposeAsync()
    {
        released.TrySetResult();
        return store.DisposeAsync();
    }

    private static TimeSpan StopTimeout { get; } = TestTimeouts.Generous;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DurableTool Deaf() =>
        DurableTool.Handled(
            "work",
            async (_, _) =>
            {
                started.TrySetResult();
                await released.Task;
                return 0;
            }
        );

    private Task<MontyEngine> StartAsync(TimeProvider time, SessionStore on, params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = on,
                Tools = tools,
                TimeProvider = time,
                StopTimeout = StopTimeout,
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );

    private static async Task FeedAsync(MontyEngine engine, string code)
    {
        (await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token)).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.SendAsync(Id, new FeedCommand("feed", code), Token)).ShouldBeOfType<SessionReply.Accepted>();
    }
}
