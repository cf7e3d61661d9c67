using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests sessions that keep their worker while handlers answer them, and do not lose the turns that their last dump lacks.</summary>
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
    public async Task A_dump_is_stored_after_every_few_turns_and_at_the_end(int largeDumpTurns, int stored)
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
    public async Task An_engine_that_starts_between_two_dumps_continues_from_the_end_of_the_history(int calls)
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
    public async Task A_kept_worker_that_dies_is_replaced_by_one_that_replayed_the_history()
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

        (await HistoryAsync()).OfType<WorkerCrashed>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_session_that_needs_a_worker_takes_a_kept_one_and_both_sessions_continue()
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
        (await HistoryAsync()).OfType<WorkerCrashed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_turn_that_is_canceled_on_a_kept_worker_has_no_effect()
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

        (await HistoryAsync())[^1].ShouldBe(new FeedEnded(new FeedOutcome.Cancelled("enough")));
        (await engine.RunAsync(Id, "x", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(1));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(Func<MontyEngineOptions, MontyEngineOptions> with) =>
        MontyEngine.StartAsync(with(new MontyEngineOptions { Store = new RewrittenStore(store) { BeforeWrite = changes.Enqueue } }), Token);

    private Task<List<SessionEvent>> HistoryAsync() => store.ReadEventsAsync(Id);
}
