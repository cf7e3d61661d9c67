using System.Collections.Concurrent;
using System.Globalization;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests the order of turns if many are waiting. It is observed through turns and appends, without a clock.</summary>
public sealed class FairnessTests : IAsyncDisposable
{
    private readonly MemoryStore store = new();
    private readonly ConcurrentQueue<SessionId> answered = [];
    private readonly ConcurrentQueue<SessionId> served = [];
    private readonly TaskCompletionSource<MontyValue> held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Sessions_get_their_turns_in_the_order_of_their_answers()
    {
        await using var engine = await StartAsync(maxWorkers: 4, answerFirstAfter: TimeSpan.FromDays(1)); // so that an answer and its turn are one append
        var all = Ids("tenant", 500);
        foreach (var id in all)
        {
            await engine.FeedAsync(id, "ask()");
        }

        await Task.WhenAll(all.Select(id => AnswerAsync(engine, id)).ToList()); // sent one after another, without waiting

        var order = answered.ToList();
        order.Count.ShouldBe(all.Length);
        var movedBack = all.Where((id, sent) => order.IndexOf(id) - sent > 64).ToList();
        movedBack.Count.ShouldBeLessThanOrEqualTo(all.Length / 10, string.Join(" ", order)); // a thread or a worker that the machine suspends lets others pass, one turn each time
    }

    [Fact]
    public async Task A_tenant_with_one_session_does_not_wait_for_hundreds_of_sessions_of_another_tenant()
    {
        await using var engine = await StartAsync(maxWorkers: 1, answerFirstAfter: TimeSpan.FromTicks(1)); // so that an answer is acknowledged while its turn waits
        var (first, greedy, modest) = (new SessionId("greedy", "first"), Ids("greedy", 200), new SessionId("modest", "only"));
        await engine.FeedAsync(first, "ask()\nhold()");
        foreach (var id in (SessionId[])[.. greedy, modest])
        {
            await engine.FeedAsync(id, "ask()\nserve()");
        }

        foreach (var id in (SessionId[])[first, .. greedy, modest])
        {
            await engine.EventAsync(id, e => e is CallAnnounced);
        }

        await AnswerAsync(engine, first);
        foreach (var id in greedy)
        {
            await AnswerAsync(engine, id);
        }

        await AnswerAsync(engine, modest);
        served.ShouldBeEmpty();
        held.SetResult(MontyValue.None);
        foreach (var id in greedy)
        {
            await engine.EndAsync(id);
        }

        served.ToList().IndexOf(modest).ShouldBeInRange(0, 1);
    }

    private static Task AnswerAsync(MontyEngine engine, SessionId session) =>
        engine.AcceptAsync(session, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(1)));

    private static SessionId[] Ids(string tenant, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SessionId(tenant, string.Create(CultureInfo.InvariantCulture, $"s{i:000}")))];

    private Task<MontyEngine> StartAsync(int maxWorkers, TimeSpan answerFirstAfter)
    {
        var noted = new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (change.Events.Any(e => e is CallAnswered))
                {
                    answered.Enqueue(change.Session);
                }
            },
        };
        return MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = noted,
                AnswerFirstAfter = answerFirstAfter,
                Pool = new MontyPoolOptions { MaxWorkers = maxWorkers },
                Tools =
                [
                    DurableTool.External("ask"),
                    DurableTool.Handled("hold", (_, _) => new(held.Task)) with
                    {
                        IsReadOnly = true,
                    },
                    DurableTool.Handled("serve", (call, _) => Serve(call.Session)) with
                    {
                        IsReadOnly = true,
                    },
                ],
            },
            Token
        );

        ValueTask<MontyValue> Serve(SessionId session)
        {
            served.Enqueue(session);
            return new(MontyValue.None);
        }
    }
}
