using System.Collections.Concurrent;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that the timer of a session fires even if other due sessions cannot continue.</summary>
public sealed class DueSessionsTests : IAsyncDisposable
{
    private const string Sleeping = "await sleep(10)\n'awake'";
    private static readonly SessionId Good = new("tenant", "good");
    private readonly FakeTime time = new();
    private readonly MemoryStore store = new();

    [Fact]
    public async Task A_session_with_a_full_queue_does_not_delay_the_timers_of_others()
    {
        var full = new SessionId("tenant", "full");
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource<MontyValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = DurableTool.Handled(
            "hold",
            (_, _) =>
            {
                entered.TrySetResult();
                return new(held.Task);
            }
        ) with
        {
            IsReadOnly = true,
        };
        await using var engine = await StartAsync(store, hold);
        await FeedAsync(engine, Good);
        await engine.SendAsync(full, new OpenCommand("open", new SessionSetup()), Token);
        var feed = engine.SendAsync(full, new FeedCommand("feed", "hold()"), Token);
        await entered.Task.InTime();
        var signals = Enumerable
            .Range(0, 300)
            .Select(i => engine.SendAsync(full, new SignalCommand($"signal {i}", "go", i), Token))
            .ToList();

        time.Advance(TimeSpan.FromSeconds(10));

        (await engine.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("awake"));
        signals.ShouldAllBe(s => !s.IsCompleted);
        held.SetResult(MontyValue.None);
        (await feed).ShouldBeOfType<SessionReply.Accepted>();
        (await Task.WhenAll(signals)).ShouldAllBe(r => r is SessionReply.Accepted);
    }

    [Fact]
    public async Task A_full_page_of_unreadable_sessions_does_not_hide_a_session_that_is_due_after_them()
    {
        var start = time.GetUtcNow();
        await using (var engine = await StartAsync(store))
        {
            await FeedAsync(engine, Good);
        }

        for (var i = 0; i < 1000; i++)
        {
            store
                .WriteOne(
                    Changes.Change(
                        new SessionId("tenant", $"broken{i}"),
                        1,
                        "of a later engine",
                        summary: Changes.Summary(SessionStatus.Waiting, dueAt: start)
                    )
                )
                .ShouldBe(WriteOutcome.Stored);
        }

        time.Advance(TimeSpan.FromSeconds(10));
        await using var next = await StartAsync(store);
        for (var page = 0; page < 5; page++)
        {
            await time.WhenArmed(TimeSpan.FromMilliseconds(20)).InTime();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        (await next.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Fact]
    public async Task A_session_that_leaves_memory_at_the_moment_it_is_due_is_woken_immediately()
    {
        var options = new MontyEngineOptions
        {
            Store = store,
            TimeProvider = time,
            IdleTimeout = TimeSpan.FromSeconds(10),
        };
        await using var engine = await MontyEngine.StartAsync(options, Token);
        for (var round = 0; round < 300; round++)
        {
            var session = new SessionId("tenant", $"s{round}");
            await engine.FeedAsync(session, Sleeping);

            time.Advance(options.IdleTimeout); // the clock stops there, so that nothing is retried

            (await engine.EndAsync(session)).ShouldBe(new FeedOutcome.Completed("awake"));
        }
    }

    [Fact]
    public async Task Overdue_sessions_that_fail_are_retried_after_a_wait()
    {
        var problems = new ConcurrentQueue<string>();
        var (isFull, commits) = (true, 0);
        await using var failing = new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (isFull && change.Events.Any(e => e is CallAnswered))
                {
                    commits++;
                    throw new SessionStoreException("The disk is full.");
                }
            },
        };
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = failing,
                TimeProvider = time,
                AnswerFirstAfter = TimeSpan.FromDays(1),
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
        SessionId[] overdue = [.. Enumerable.Range(0, 3).Select(i => new SessionId("tenant", $"s{i}"))];
        foreach (var session in overdue)
        {
            await FeedAsync(engine, session);
        }

        time.Advance(TimeSpan.FromSeconds(10));
        await time.WhenArmed(Backoff.After(failures: 1), overdue.Length).InTime();
        var failed = commits;
        var sent = engine.SendAsync(overdue[0], new FeedCommand("feed", Sleeping), Token); // is answered when the session is retried
        for (var i = 0; i < 50; i++)
        {
            (await engine.RunAsync(Good, "1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1)); // gives the other sessions time to be woken
        }

        commits.ShouldBe(failed);
        sent.IsCompleted.ShouldBeFalse();
        problems.ShouldHaveSingleItem("one report for all sessions").ShouldContain("The store failed");
        isFull = false;
        time.Advance(Backoff.After(failures: 1));
        (await sent.InTime()).ShouldBeOfType<SessionReply.Repeated>();
        foreach (var session in overdue)
        {
            (await engine.EndAsync(session)).ShouldBe(new FeedOutcome.Completed("awake"));
        }
    }

    [Fact]
    public async Task A_change_of_an_engine_that_has_not_noticed_the_loss_of_its_store_continues_in_the_next_engine()
    {
        DurableTool Work(Func<CancellationToken, Task> wait) =>
            DurableTool.Handled(
                "work",
                async (_, cancellationToken) =>
                {
                    await wait(cancellationToken);
                    return "done";
                }
            );
        await using (
            var engine = await MontyEngine.StartAsync(
                new MontyEngineOptions
                {
                    Store = store,
                    TimeProvider = time,
                    Tools = [Work(Never.EndsAsync)],
                },
                Token
            )
        )
        {
            await engine.FeedAsync(Good, "work()");
        }

        await using var late = new LateStore(store);
        await using var next = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = late,
                TimeProvider = time,
                Tools = [Work(_ => Task.CompletedTask)],
            },
            Token
        );
        await time.WhenArmed(TimeSpan.FromMinutes(1)).InTime();
        (await next.CountLiveSessionsAsync(Token)).ShouldBe(0);

        time.Advance(TimeSpan.FromMinutes(1));

        (await next.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("done"));
    }

    [Fact]
    public async Task An_unexpected_exception_of_the_store_stops_no_timer()
    {
        await using var odd = new OddStore(store);
        var problems = new ConcurrentQueue<string>();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = odd,
                TimeProvider = time,
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
        await AdvanceUntilAsync(() => odd.Listings >= 3); // the listing that failed at start was tried again
        await FeedAsync(engine, Good);
        await engine.PassivateAsync(Good, Token).InTime();
        odd.Throws = 1;

        var ended = engine.EndAsync(Good);
        await AdvanceUntilAsync(() => ended.IsCompleted);

        (await ended).ShouldBe(new FeedOutcome.Completed("awake"));
        problems.Count.ShouldBe(2);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>A store that lists no sessions at first, as if they had been added later.</summary>
    private sealed class LateStore(SessionStore inner) : DelegatingStore(inner)
    {
        private int listings;

        internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref listings) == 1
                ? Task.FromResult<IReadOnlyList<SessionId>>([])
                : base.ListActiveAsync(after, max, cancellationToken);
    }

    private sealed class OddStore(SessionStore inner) : DelegatingStore(inner)
    {
        public int Throws = 1;
        public int Listings;

        internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken)
        {
            Throw();
            return base.ListActiveAsync(after, max, cancellationToken);
        }

        internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
            DateTimeOffset until,
            DueSession? after,
            int max,
            CancellationToken cancellationToken
        )
        {
            Throw();
            return base.ListDueAsync(until, after, max, cancellationToken);
        }

        private void Throw()
        {
            Interlocked.Increment(ref Listings);
            if (Interlocked.Exchange(ref Throws, 0) == 1)
            {
                throw new InvalidOperationException("The connection is not open.");
            }
        }
    }

    /// <summary>Moves the clock in steps until a condition holds. The actors arm their timers on threads of their own.</summary>
    private Task AdvanceUntilAsync(Func<bool> condition) =>
        TestTasks.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(SessionStore on, params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = on,
                TimeProvider = time,
                Tools = tools,
            },
            Token
        );

    private static async Task FeedAsync(MontyEngine engine, SessionId session)
    {
        await engine.SendAsync(session, new OpenCommand("open", new SessionSetup()), Token);
        (await engine.SendAsync(session, new FeedCommand("feed", Sleeping), Token)).ShouldBeOfType<SessionReply.Accepted>();
        await engine.EventAsync(session, e => e is CallAnnounced);
    }
}
