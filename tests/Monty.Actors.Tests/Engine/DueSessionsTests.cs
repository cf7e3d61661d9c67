using System.Collections.Concurrent;
using Monty.Actors.Engine;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>The timer of a session fires, whatever other sessions that are due do.</summary>
public sealed class DueSessionsTests : IAsyncDisposable
{
    private const string Sleeping = "await sleep(10)\n'awake'";
    private static readonly SessionId Good = new("tenant", "good");
    private readonly FakeTime time = new();
    private readonly MemoryJournal journal = new();

    [Fact]
    public async Task A_session_with_a_full_mailbox_does_not_hold_up_the_timers_of_others()
    {
        var full = new SessionId("tenant", "full");
        var (entered, held) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var slow = new RewrittenJournal(journal)
        {
            Append = async append =>
            {
                if (append.Records[0].Kind == "signal_received")
                {
                    entered.TrySetResult();
                    await held.Task;
                }

                return await journal.AppendAsync(append);
            },
        };
        await using var engine = await StartAsync(slow);
        foreach (var session in (SessionId[])[full, Good])
        {
            await FeedAsync(engine, session);
        }

        var signals = Enumerable
            .Range(0, 300)
            .Select(i => engine.SendAsync(full, new SignalCommand($"signal {i}", "go", i), Token))
            .ToList();
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(10));

        (await engine.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("awake"));
        held.SetResult();
        (await Task.WhenAll(signals)).ShouldAllBe(r => r is SessionReply.Accepted);
    }

    [Fact]
    public async Task More_sessions_than_a_page_that_cannot_be_read_do_not_hide_one_that_is_due_after_them()
    {
        var start = time.GetUtcNow();
        await using (var engine = await StartAsync(journal))
        {
            await FeedAsync(engine, Good);
        }

        for (var i = 0; i < 1000; i++)
        {
            var summary = new SessionSummary(SessionStatus.Waiting, start, start, DueAt: start);
            (
                await journal.AppendAsync(
                    new SessionAppend(
                        new SessionId("tenant", $"broken{i}"),
                        0,
                        1,
                        [new JournalRecord(1, "of-a-later-engine", 1, new byte[1], start)],
                        summary
                    ),
                    Token
                )
            ).ShouldBe(AppendResult.Appended);
        }

        time.Advance(TimeSpan.FromSeconds(10));
        await using var next = await StartAsync(journal);
        await time.WhenArmed(TimeSpan.FromMilliseconds(100)).InTime();
        time.Advance(TimeSpan.FromMilliseconds(100));

        (await next.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Fact]
    public async Task A_session_that_leaves_memory_in_the_moment_in_which_it_is_due_is_woken_then_and_not_later()
    {
        var options = new MontyEngineOptions
        {
            Journal = journal,
            TimeProvider = time,
            IdleTimeout = TimeSpan.FromSeconds(10),
        };
        await using var engine = await MontyEngine.StartAsync(options, Token);
        for (var round = 0; round < 300; round++)
        {
            var session = new SessionId("tenant", $"s{round}");
            await engine.FeedAsync(session, Sleeping);

            time.Advance(options.IdleTimeout); // the clock stands then, so that nothing is tried again

            (await engine.EndAsync(session)).ShouldBe(new FeedOutcome.Completed("awake"));
        }
    }

    [Fact]
    public async Task Sessions_that_are_overdue_and_fail_are_tried_again_after_a_while_and_not_at_once()
    {
        var problems = new ConcurrentQueue<string>();
        await using var failing = new RewrittenJournal(journal)
        {
            Append = append =>
                append.Records[0].Kind == "call_answered" ? throw new JournalException("The disk is full.") : journal.AppendAsync(append),
        };
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Journal = failing,
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
        (await engine.SendAsync(overdue[0], new FeedCommand("feed", Sleeping), Token)).ShouldBeOfType<SessionReply.Repeated>(); // one of them is read again by that
        for (var i = 0; i < 50; i++)
        {
            (await engine.RunAsync(Good, "1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1)); // time enough for the others to be woken, too
        }

        problems.Count.ShouldBe(overdue.Length);
    }

    [Fact]
    public async Task What_an_engine_appended_that_did_not_know_yet_that_it_had_lost_the_store_goes_on_in_the_next_one()
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
                    Journal = journal,
                    TimeProvider = time,
                    Tools = [Work(Never.EndsAsync)],
                },
                Token
            )
        )
        {
            await engine.FeedAsync(Good, "work()");
        }

        await using var late = new LateJournal(journal);
        await using var next = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Journal = late,
                TimeProvider = time,
                Tools = [Work(_ => Task.CompletedTask)],
            },
            Token
        );
        await time.WhenArmed(TimeSpan.FromMinutes(1)).InTime();
        next.LiveSessions.ShouldBe(0);

        time.Advance(TimeSpan.FromMinutes(1));

        (await next.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("done"));
    }

    [Fact]
    public async Task A_store_that_throws_whatever_it_likes_stops_no_timer()
    {
        await using var odd = new OddJournal(journal);
        var problems = new ConcurrentQueue<string>();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Journal = odd,
                TimeProvider = time,
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
        await time.WhenArmed(Backoff.Longest).InTime();
        time.Advance(Backoff.Longest); // the start's listing is tried again
        await FeedAsync(engine, Good);
        odd.Throws = 1;

        time.Advance(TimeSpan.FromSeconds(10));
        await time.WhenArmed(Backoff.Longest).InTime();
        time.Advance(Backoff.Longest);

        (await engine.EndAsync(Good)).ShouldBe(new FeedOutcome.Completed("awake"));
        problems.Count.ShouldBe(2);
    }

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    /// <summary>Lists nothing at first: what it has came after that.</summary>
    private sealed class LateJournal(IJournal inner) : DelegatingJournal(inner)
    {
        private int listings;

        public override Task<IReadOnlyList<SessionId>> ListActiveAsync(
            SessionId? after,
            int max,
            CancellationToken cancellationToken = default
        ) =>
            Interlocked.Increment(ref listings) == 1
                ? Task.FromResult<IReadOnlyList<SessionId>>([])
                : base.ListActiveAsync(after, max, cancellationToken);
    }

    private sealed class OddJournal(IJournal inner) : DelegatingJournal(inner)
    {
        public int Throws = 1;

        public override Task<IReadOnlyList<SessionId>> ListActiveAsync(
            SessionId? after,
            int max,
            CancellationToken cancellationToken = default
        )
        {
            Throw();
            return base.ListActiveAsync(after, max, cancellationToken);
        }

        public override Task<IReadOnlyList<DueSession>> ListDueAsync(
            DateTimeOffset until,
            DueSession? after,
            int max,
            CancellationToken cancellationToken = default
        )
        {
            Throw();
            return base.ListDueAsync(until, after, max, cancellationToken);
        }

        private void Throw()
        {
            if (Interlocked.Exchange(ref Throws, 0) == 1)
            {
                throw new InvalidOperationException("The connection is not open.");
            }
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(IJournal store) =>
        MontyEngine.StartAsync(new MontyEngineOptions { Journal = store, TimeProvider = time }, Token);

    private static async Task FeedAsync(MontyEngine engine, SessionId session)
    {
        await engine.SendAsync(session, new OpenCommand("open", new SessionSetup()), Token);
        (await engine.SendAsync(session, new FeedCommand("feed", Sleeping), Token)).ShouldBeOfType<SessionReply.Accepted>();
        await engine.EventAsync(session, e => e is CallAnnounced);
    }
}
