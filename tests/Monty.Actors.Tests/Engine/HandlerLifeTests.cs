using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that a handler outlives its session's actor: its answer is never lost, and no second handler runs for its call in the meantime.</summary>
public sealed class HandlerLifeTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();

    [Fact]
    public async Task A_feed_that_arrives_while_its_session_leaves_memory_runs_its_handler_once()
    {
        var (entered, held, runs) = (Gate(), Gate(), 0);
        await using var slow = new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is SignalReceived))
                {
                    entered.SetResult();
                    held.Task.GetAwaiter().GetResult();
                }
            },
        };
        await using var engine = await StartAsync(
            slow,
            DurableTool.Handled("charge", (_, _) => ValueTask.FromResult<MontyValue>(Interlocked.Increment(ref runs)))
        );
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        var signal = engine.SendAsync(Id, new SignalCommand("signal", "go", 1), Token);
        await entered.Task;

        _ = engine.PassivateAsync(Id);
        var feed = engine.SendAsync(Id, new FeedCommand("feed", "charge()"), Token);
        held.SetResult();

        (await signal).ShouldBeOfType<SessionReply.Accepted>();
        (await feed).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(1));
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_whose_answer_could_not_be_stored_is_not_run_again_and_neither_are_other_handlers()
    {
        var second = Gate();
        var runs = new ConcurrentQueue<MontyValue>();
        await using var failing = FailingOnce<CallAnswered>();
        await using var engine = await StartAsync(
            failing,
            DurableTool.Handled(
                "fetch",
                async (call, cancellationToken) =>
                {
                    runs.Enqueue(call.Call.Arguments[0]);
                    if (call.Call.CallId == 1)
                    {
                        await second.Task.WaitAsync(cancellationToken);
                    }

                    return call.Call.Arguments[0];
                },
                isAsync: true
            )
        );
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "import asyncio\nawait asyncio.gather(fetch(1), fetch(2))"), Token);
        await engine.EventAsync(Id, e => e is CallAnswered { CallId: 0 });
        second.SetResult();

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(new MontyList([1, 2])));
        runs.Order(Comparer<MontyValue>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_does_not_block_its_session()
    {
        var started = Gate();
        var answer = new TaskCompletionSource<MontyValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var runs = 0;
        await using var failing = FailingOnce<SignalReceived>();
        await using var engine = await StartAsync(
            failing,
            DurableTool.Handled(
                "charge",
                (_, _) =>
                {
                    Interlocked.Increment(ref runs);
                    started.TrySetResult();
                    return new(answer.Task);
                }
            )
        );
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "charge()"), Token);
        await started.Task;

        (
            await engine.SendAsync(Id, new SignalCommand("signal", "go", 1), Token).WaitAsync(TestTimeouts.Generous, Token)
        ).ShouldBeOfType<SessionReply.Accepted>();

        answer.SetResult("paid");
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("paid"));
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_continues_in_quarantine_and_its_answer_counts_after_the_release()
    {
        var (answer, runs, isCanceled) = (new TaskCompletionSource<MontyValue>(), 0, false);
        await using var engine = await StartAsync(
            store,
            DurableTool.Handled(
                "charge",
                async (_, cancellationToken) =>
                {
                    Interlocked.Increment(ref runs);
                    await using var registration = cancellationToken.Register(() => isCanceled = true);
                    return await answer.Task;
                },
                isAsync: true
            ),
            DurableTool.Handled("look", (_, _) => new("seen"), isAsync: true)
        );
        var setup = new SessionSetup { Limits = new MontyLimits { MaxRecursionDepth = 100_000 } };
        await engine.SendAsync(Id, new OpenCommand("open", setup), Token);
        const string Deep = """
            import asyncio

            async def break_the_worker():
                await look()
                x = []
                for i in range(90_000): x = [x]
                repr(x)

            await asyncio.gather(charge(), break_the_worker())
            """;
        await engine.SendAsync(Id, new FeedCommand("feed", Deep), Token);
        await engine.EventAsync(Id, e => e is SessionQuarantined);

        var quarantines = 0;
        await engine.AcceptAsync(Id, new ReleaseCommand("again", FailFeed: false));
        await engine.EventAsync(Id, e => e is SessionQuarantined && ++quarantines == 2);
        answer.SetResult("paid");

        ((CallAnswered)await engine.EventAsync(Id, e => e is CallAnswered { CallId: 0 })).Answer.ShouldBe(MontyAnswer.Return("paid"));
        (runs, isCanceled).ShouldBe((1, false));
    }

    [Fact]
    public async Task An_exception_of_OnProblem_does_not_stop_the_engine()
    {
        await using var failing = FailingOnce<CallAnswered>();
        var options = new MontyEngineOptions
        {
            Store = failing,
            Tools = [DurableTool.Handled("charge", (_, _) => new("paid"))],
            OnProblem = (_, _) => throw new InvalidOperationException("the log is full"),
        };
        await using var engine = await MontyEngine.StartAsync(options, Token);
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "charge()"), Token);

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("paid"));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The store, whose first commit with an event of this type fails.</summary>
    private RewrittenStore FailingOnce<TEvent>()
    {
        var commits = 0;
        return new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is TEvent) && ++commits == 1)
                {
                    throw new SessionStoreException("the connection broke");
                }
            },
        };
    }

    private static Task<MontyEngine> StartAsync(SessionStore store, params DurableTool[] tools) =>
        MontyEngine.StartAsync(new MontyEngineOptions { Store = store, Tools = tools }, Token);
}
