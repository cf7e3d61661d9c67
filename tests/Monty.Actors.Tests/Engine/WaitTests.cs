using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that waiting for a feed returns its outcome, or throws with the reason why it does not end.</summary>
public sealed class WaitTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();

    [Fact]
    public async Task A_feed_can_be_waited_for_by_its_command_id_even_in_the_next_engine()
    {
        await using (var engine = await StartAsync(store))
        {
            await engine.RunAsync(Id, "1", "other", Token);
            await engine.SendAsync(Id, new FeedCommand("feed", "ask() + 1"), Token);
        }

        await using var next = await StartAsync(store);
        var waiting = next.WaitAsync(Id, "feed", Token);
        await next.SendAsync(Id, (await next.FindAsync(Id, Token))!.Calls[0].Answer("answer", MontyAnswer.Return(41)), Token);

        (await Within(waiting)).ShouldBe(new FeedOutcome.Completed(42));
        (await next.WaitAsync(Id, "other", Token)).ShouldBe(new FeedOutcome.Completed(1));
        (await next.WaitAsync(Id, "feed", Token)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Fact]
    public async Task Waiting_for_a_missing_session_or_feed_is_refused()
    {
        await using var engine = await StartAsync(store);
        (await Should.ThrowAsync<SessionRefusedException>(() => engine.WaitAsync(Id, "feed", Token))).Reason.ShouldBe(
            SessionRefusal.NotFound
        );
        await engine.RunAsync(Id, "1", "other", Token);
        await engine.SendAsync(Id, new SignalCommand("signal", "go", 1), Token);

        (await Should.ThrowAsync<SessionRefusedException>(() => engine.WaitAsync(Id, "feed", Token))).Reason.ShouldBe(
            SessionRefusal.NoSuchFeed
        );
        (await Should.ThrowAsync<SessionRefusedException>(() => engine.WaitAsync(Id, "signal", Token))).Reason.ShouldBe(
            SessionRefusal.NoSuchFeed
        );
    }

    [Fact]
    public async Task The_id_of_another_command_is_refused_even_by_the_next_engine()
    {
        await using (var engine = await StartAsync(store))
        {
            await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
            await engine.RunAsync(Id, "1", "feed", Token);
            (await Should.ThrowAsync<SessionRefusedException>(() => engine.RunAsync(Id, "1", "open", Token))).Reason.ShouldBe(
                SessionRefusal.IdTaken
            );
        }

        await using var next = await StartAsync(store);
        (await Should.ThrowAsync<SessionRefusedException>(() => next.RunAsync(Id, "2", "feed", Token))).Reason.ShouldBe(
            SessionRefusal.IdTaken
        );
        (await next.SendAsync(Id, new SignalCommand("feed", "go", 1), Token))
            .ShouldBeOfType<SessionReply.Refused>()
            .Reason.ShouldBe(SessionRefusal.IdTaken);
        (await next.RunAsync(Id, "1", "feed", Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Every_id_can_be_used_in_a_session_that_RunAsync_opened()
    {
        await using var engine = await StartAsync(store);

        (await Within(engine.RunAsync(Id, "1", "open", Token))).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_refusal_has_a_reason()
    {
        await using var engine = await StartAsync(store);
        (
            await Should.ThrowAsync<SessionRefusedException>(() =>
                engine.RunAsync(Id, new FeedCommand("feed", "1"), new SessionSetup { Labels = ["twice", "twice"] }, Token)
            )
        ).Reason.ShouldBe(SessionRefusal.Invalid);
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "ask()"), Token);

        (await Should.ThrowAsync<SessionRefusedException>(() => engine.RunAsync(Id, "1", cancellationToken: Token))).Reason.ShouldBe(
            SessionRefusal.Busy
        );
    }

    [Fact]
    public async Task A_close_ends_the_wait_with_the_feed_and_its_outcome_stays()
    {
        await using var engine = await StartAsync(store);
        var waiting = engine.RunAsync(Id, "ask()", "feed", Token);
        await engine.EventAsync(Id, e => e is CallAnnounced);

        await engine.SendAsync(Id, new CloseCommand("close"), Token);

        var cancelled = new FeedOutcome.Cancelled("the session was closed");
        (await Within(waiting)).ShouldBe(cancelled);
        (await Within(engine.RunAsync(Id, "ask()", "feed", Token))).ShouldBe(cancelled);
        (await Should.ThrowAsync<SessionRefusedException>(() => engine.RunAsync(Id, "1", "new", Token))).Reason.ShouldBe(
            SessionRefusal.Closed
        );
    }

    [Fact]
    public async Task A_quarantine_ends_the_wait_with_its_evidence_and_after_a_release_the_feed_can_be_waited_for_again()
    {
        const string Deep = "x = []\nfor i in range(90_000): x = [x]\nrepr(x)";
        await using var engine = await StartAsync(store);
        var setup = new SessionSetup { Limits = new MontyLimits { MaxRecursionDepth = 100_000 } };

        var stopped = await Should.ThrowAsync<SessionQuarantinedException>(() =>
            Within(engine.RunAsync(Id, new FeedCommand("deep", Deep), setup, Token))
        );

        stopped.Session.ShouldBe(Id);
        stopped.Quarantine.Evidence.ShouldContain("Exit code");
        (await Should.ThrowAsync<SessionQuarantinedException>(() => Within(engine.WaitAsync(Id, "deep", Token)))).Quarantine.ShouldBe(
            stopped.Quarantine
        );
        var view = (await engine.FindAsync(Id, Token))!;
        (view.Status, view.Quarantine, view.Feed!.Number).ShouldBe((SessionStatus.Quarantined, stopped.Quarantine, 1));
        await engine.SendAsync(Id, new ReleaseCommand("release", FailFeed: true), Token);
        (await Within(engine.WaitAsync(Id, "deep", Token))).ShouldBeOfType<FeedOutcome.Failed>();
        (await engine.FindAsync(Id, Token))!.Quarantine.ShouldBeNull();
    }

    [Fact]
    public async Task Purging_a_session_ends_a_wait_for_its_feed()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var purging = new WatchedStore(store)
        {
            BeforeRead = () => store.PurgeAsync(DateTimeOffset.UtcNow + TimeSpan.FromDays(1), 10, Token),
            AfterRead = _ => waits.TrySetResult(),
        };
        await using var engine = await StartAsync(purging);
        await engine.FeedAsync(Id, "ask()", "feed");
        var waiting = engine.WaitAsync(Id, "feed", Token);
        await waits.Task.InTime(); // it has read the existing events

        await engine.SendAsync(Id, new CloseCommand("close"), Token);

        (await Should.ThrowAsync<SessionRefusedException>(() => Within(waiting))).Reason.ShouldBe(SessionRefusal.NotFound);
    }

    [Fact]
    public async Task A_run_reads_little_of_the_history_before_it()
    {
        ConcurrentQueue<long> reads = [];
        await using var watched = new WatchedStore(store) { AfterRead = rows => reads.Enqueue(rows.Count) };
        await using var engine = await StartAsync(watched);
        for (var feed = 0; feed < 100; feed++)
        {
            await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        }

        reads.Clear();

        (await engine.RunAsync(Id, "x + 1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(2));

        reads.Sum().ShouldBeInRange(1, 12, "the place to read from is found by halving");
    }

    [Fact]
    public async Task An_accepted_command_returns_the_version_to_follow_its_events_from()
    {
        await using var engine = await StartAsync(store);
        await engine.RunAsync(Id, "1", cancellationToken: Token);

        var accepted = (await engine.SendAsync(Id, new FeedCommand("feed", "print('x')"), Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await engine.FollowAsync(Id, accepted.Before, Token).FirstAsync(Token))
            .Event.ShouldBeOfType<FeedStarted>()
            .CommandId.ShouldBe("feed");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<FeedOutcome> Within(Task<FeedOutcome> waiting) => waiting.WaitAsync(TestTimeouts.Generous, Token);

    private static Task<MontyEngine> StartAsync(SessionStore store) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.External("ask")],
                AnswerFirstAfter = TimeSpan.FromDays(1),
            },
            Token
        ); // a command is acknowledged only after its turn

    private sealed class WatchedStore(SessionStore inner) : DelegatingStore(inner)
    {
        public Func<Task> BeforeRead { get; init; } = () => Task.CompletedTask;

        public Action<IReadOnlyList<StoredRow>> AfterRead { get; init; } = _ => { };

        internal override async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
            string persistenceId,
            long from,
            long to,
            int max,
            CancellationToken cancellationToken
        )
        {
            await BeforeRead();
            var page = await base.ReadPageAsync(persistenceId, from, to, max, cancellationToken);
            AfterRead(page);
            return page;
        }
    }
}
