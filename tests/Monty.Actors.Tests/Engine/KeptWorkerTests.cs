using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Sessions that keep their worker while handlers here answer them: what its last dump lacks is never missed.</summary>
[SupportedOSPlatform("linux")]
public sealed class KeptWorkerTests : IAsyncDisposable
{
    private const string Twenty = """
        total = 0
        for i in range(20):
            total += add(i)
        total
        """;

    private static readonly SessionId Id = new("tenant", "session");
    private static readonly FeedOutcome Sum = new FeedOutcome.Completed(190);
    private readonly MemoryStore store = new();
    private readonly ConcurrentQueue<SessionChange> changes = [];

    [Theory]
    [InlineData(16, 3)]
    [InlineData(2, 11)]
    public async Task A_dump_is_stored_every_so_many_turns_and_at_the_end(int largeDumpTurns, int stored)
    {
        await using var engine = await StartAsync(o =>
            o with
            {
                LargeDumpTurns = largeDumpTurns,
                Tools = [DurableTool.Handled("add", (call, _) => new(call.Call.Arguments[0]))],
            }
        );

        (await engine.RunAsync(Id, Twenty, cancellationToken: Token)).ShouldBe(Sum);

        changes.Count(c => c.Dump is not null).ShouldBe(stored);
        changes.Last().Dump!.SequenceNumber.ShouldBe(changes.Last().SequenceNumber);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(19)]
    public async Task An_engine_that_starts_between_two_dumps_goes_on_where_the_story_is(int calls)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (
            var engine = await StartAsync(o =>
                o with
                {
                    Tools =
                    [
                        DurableTool.Handled(
                            "add",
                            async (call, cancellationToken) =>
                            {
                                if (call.Call.CallId < calls)
                                {
                                    return call.Call.Arguments[0];
                                }
                                reached.SetResult();
                                await Never.EndsAsync(cancellationToken);
                                return MontyValue.None;
                            }
                        ),
                    ],
                }
            )
        )
        {
            _ = engine.RunAsync(Id, "print('begun')\n" + Twenty, "feed", Token).ContinueWith(t => t.Exception, TaskScheduler.Default);
            await reached.Task.InTime();
        }

        await using var next = await StartAsync(o =>
            o with
            {
                Tools = [DurableTool.Handled("add", (call, _) => new(call.Call.Arguments[0]))],
            }
        );

        (await next.WaitAsync(Id, "feed", Token).InTime()).ShouldBe(Sum);
    }

    [Fact]
    public async Task A_worker_that_dies_while_it_is_kept_is_replaced_by_one_that_ran_the_story()
    {
        using var runtime = new WrappedRuntime();
        await using var engine = await StartAsync(o =>
            o with
            {
                Pool = new MontyPoolOptions { RuntimePath = runtime.Path },
                Tools =
                [
                    DurableTool.Handled(
                        "add",
                        (call, _) =>
                        {
                            if (call.Call.CallId == 9)
                            {
                                foreach (var worker in runtime.Present)
                                {
                                    WrappedRuntime.Kill(worker);
                                }
                            }
                            return new(call.Call.Arguments[0]);
                        }
                    ),
                ],
            }
        );

        (await engine.RunAsync(Id, Twenty, cancellationToken: Token).InTime()).ShouldBe(Sum);

        (await StoryAsync()).OfType<WorkerCrashed>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_session_that_needs_a_worker_takes_one_that_is_kept_and_both_go_on()
    {
        var (reached, goOn) = (
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var engine = await StartAsync(o =>
            o with
            {
                Pool = new MontyPoolOptions { MaxWorkers = 1 },
                Tools =
                [
                    DurableTool.Handled(
                        "add",
                        async (call, cancellationToken) =>
                        {
                            if (call.Session == Id && call.Call.CallId == 5)
                            {
                                reached.SetResult();
                                await goOn.Task.WaitAsync(cancellationToken);
                            }

                            return call.Call.Arguments[0];
                        }
                    ),
                ],
            }
        );
        var first = engine.RunAsync(Id, Twenty, cancellationToken: Token);
        await reached.Task.InTime();

        (await engine.RunAsync(new SessionId("tenant", "other"), Twenty, cancellationToken: Token).InTime()).ShouldBe(Sum);

        engine.Workers.Live.ShouldBe(1);
        goOn.SetResult();
        (await first.InTime()).ShouldBe(Sum);
        (await StoryAsync()).OfType<WorkerCrashed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_turn_that_is_cancelled_on_a_kept_worker_never_happened()
    {
        var computing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await StartAsync(o =>
            o with
            {
                Tools =
                [
                    DurableTool.Handled("add", (call, _) => new(call.Call.Arguments[0])),
                    DurableTool.Handled(
                        "note",
                        (_, _) =>
                        {
                            computing.SetResult();
                            return new(MontyValue.None);
                        }
                    ) with
                    {
                        IsReadOnly = true,
                    },
                ],
            }
        );
        await engine.RunAsync(Id, "x = add(1)", cancellationToken: Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "for i in range(5): add(i)\nx = 2\nnote()\nwhile True: pass"), Token);
        await computing.Task.InTime();

        (await engine.SendAsync(Id, new CancelCommand("stop", "enough"), Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await StoryAsync())[^1].ShouldBe(new FeedEnded(new FeedOutcome.Cancelled("enough")));
        (await engine.RunAsync(Id, "x", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(1));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(Func<MontyEngineOptions, MontyEngineOptions> with) =>
        MontyEngine.StartAsync(with(new MontyEngineOptions { Store = new RewrittenStore(store) { BeforeWrite = changes.Enqueue } }), Token);

    private Task<List<SessionEvent>> StoryAsync() => store.ReadEventsAsync(Id);
}
