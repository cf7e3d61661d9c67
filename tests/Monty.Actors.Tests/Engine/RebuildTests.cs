using System.Runtime.Versioning;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests interpreters that must be rebuilt from the history, and replays that differ from it.</summary>
[SupportedOSPlatform("linux")]
public sealed class RebuildTests : IAsyncDisposable
{
    private const string Kills = "y = []\nfor i in range(90_000): y = [y]\nrepr(y)"; // ends the worker that runs it
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AnswerCommand Second => new("second", 1, 1, MontyAnswer.Return(22));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_dump_of_another_format_that_the_runtime_refuses_is_replaced_by_a_replay()
    {
        await WaitAtTheSecondCallAsync();
        await using var foreign = new RewrittenStore(store) { Dump = d => d.WithFormat(7) };
        await using var engine = await StartAsync(foreign);

        await engine.AcceptAsync(Id, Second);

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is WorkerCrashed || e is SessionQuarantined);
    }

    [Fact]
    public async Task Workers_that_die_in_the_replay_of_a_recovery_quarantine_the_session_and_a_release_recovers_it_again()
    {
        await WaitAtTheSecondCallAsync();
        await using (var deadly = new RewrittenStore(store) { Dump = OfAnotherRuntime, Event = DeadlyFeed })
        {
            await using var dying = await StartAsync(deadly);
            await dying.AcceptAsync(Id, Second);
            ((SessionQuarantined)await dying.EventAsync(Id, e => e is SessionQuarantined)).Reason.ShouldContain("3 workers in a row died");
        }

        await using var engine = await StartAsync(store);
        await engine.AcceptAsync(Id, new ReleaseCommand("release", FailFeed: false));
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Fact]
    public async Task Workers_that_die_in_the_replay_before_a_turn_count_against_the_turn()
    {
        await WaitAtTheSecondCallAsync();
        await using var deadly = new RewrittenStore(store) { Dump = d => d.WithFormat(7), Event = DeadlyFeed };
        await using var engine = await StartAsync(deadly);

        await engine.SendAsync(Id, Second, Token);

        ((SessionQuarantined)await engine.EventAsync(Id, e => e is SessionQuarantined)).Reason.ShouldContain("3 workers in a row died");
        (await engine.HistoryAsync(Id)).OfType<WorkerCrashed>().Count().ShouldBe(SessionDecider.MaxWorkerCrashes);
        (await engine.HistoryAsync(Id))
            .OfType<WorkerCrashed>()
            .ShouldAllBe(l => l.Evidence.StartsWith("While the interpreter was rebuilt", StringComparison.Ordinal));
        (await engine.RunAsync(new SessionId("tenant", "other"), "1 + 1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(2));
    }

    [Fact]
    public async Task A_recorded_answer_that_the_runtime_refuses_in_a_replay_quarantines_the_session()
    {
        await WaitAtTheSecondCallAsync();
        await using var newer = new RewrittenStore(store)
        {
            Dump = OfAnotherRuntime,
            Event = e =>
                e is CallAnswered { CallId: 0 } answered ? answered with { Answer = MontyAnswer.Raise("ErrorOfANewerPython", "x") } : e,
        };
        await using var engine = await StartAsync(newer);

        await engine.AcceptAsync(Id, Second);

        (await engine.HistoryAsync(Id)).OfType<SessionQuarantined>().ShouldHaveSingleItem().Evidence.ShouldContain("ErrorOfANewerPython");
    }

    [Fact]
    public async Task A_worker_with_a_different_call_in_a_replay_quarantines_the_session_and_a_correct_worker_continues()
    {
        await WaitAtTheSecondCallAsync();
        await using var replayed = new RewrittenStore(store) { Dump = OfAnotherRuntime };
        using (var other = new WrappedRuntime(said: "s/Rome/Oslo/"))
        await using (var engine = await StartAsync(replayed, other))
        {
            await engine.AcceptAsync(Id, Second);
            ((SessionQuarantined)await engine.EventAsync(Id, e => e is SessionQuarantined)).Evidence.ShouldContain(
                """the history says: 0 .ask("Rome", ). The interpreter did: 0 .ask("Oslo", )."""
            );
        }

        await using var right = await StartAsync(replayed);
        await right.AcceptAsync(Id, new ReleaseCommand("release", FailFeed: false));
        (await right.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Fact]
    public async Task A_feed_that_is_failed_while_its_replay_differs_ends_when_a_correct_worker_runs()
    {
        await WaitAtTheSecondCallAsync();
        await using var replayed = new RewrittenStore(store) { Dump = OfAnotherRuntime };
        using (var other = new WrappedRuntime(said: "s/Rome/Oslo/"))
        await using (var engine = await StartAsync(replayed, other))
        {
            await engine.AcceptAsync(Id, Second);
            await engine.AcceptAsync(Id, new ReleaseCommand("give-up", FailFeed: true));
            await engine.EventAsync(Id, e => e is FeedStopping);
            var left = 2;
            ((SessionQuarantined)await engine.EventAsync(Id, e => e is SessionQuarantined && --left == 0)).Evidence.ShouldContain(
                """did: 0 .ask("Oslo", )"""
            );
        }

        await using var right = await StartAsync(replayed);
        await right.AcceptAsync(Id, new ReleaseCommand("release", FailFeed: false));
        (await right.EndAsync(Id)).ShouldBeOfType<FeedOutcome.Failed>().Error.TypeAndMessage.ShouldContain("an operator ended the feed");
        (await right.RunAsync(Id, "x", "next", Token)).ShouldBe(new FeedOutcome.Completed(20));
    }

    /// <summary>A session that has received the answer 20 and waits for another one.</summary>
    private async Task WaitAtTheSecondCallAsync()
    {
        await using var engine = await StartAsync(store);
        await engine.AcceptAsync(
            Id,
            new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxRecursionDepth = 100_000 } })
        );
        await engine.AcceptAsync(Id, new FeedCommand("feed", "x = ask('Rome')\nx + ask('Bern')"));
        await engine.AcceptAsync(Id, new AnswerCommand("first", 1, 0, MontyAnswer.Return(20)));
        await engine.EventAsync(Id, e => e is CallAnnounced { Call: MontyFunctionCall { CallId: 1 } });
    }

    private static SessionEvent DeadlyFeed(SessionEvent @event) => @event is FeedStarted fed ? fed with { Code = Kills } : @event;

    private static StoredDump OfAnotherRuntime(StoredDump dump) => dump with { Runtime = "monty 0.0.1" };

    private static Task<MontyEngine> StartAsync(SessionStore store, WrappedRuntime? runtime = null) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.External("ask")],
                Pool = new MontyPoolOptions { MaxWorkers = 1, RuntimePath = runtime?.Path },
                AnswerFirstAfter = TimeSpan.FromDays(1), // a command is acknowledged only after its turn
            },
            Token
        );
}
