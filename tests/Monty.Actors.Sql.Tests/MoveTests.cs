using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;

namespace Monty.Actors.Sql.Tests;

public sealed class SqlOnSqliteMoveTests : MoveTests<SqlOnSqlite>;

public sealed class SqlOnPostgreSqlMoveTests : MoveTests<SqlOnPostgreSql>
{
    [Fact]
    public async Task A_store_of_a_cluster_is_refused()
    {
        await using var sessions = await Place.OpenAsync();
        await Place.EditAsync("UPDATE store SET cluster = 'blue'");

        (await Should.ThrowAsync<SessionStoreException>(() => sessions.OwnAsync("x", Token))).Message.ShouldContain("'blue'");
    }
}

/// <summary>Tests that a database is used by our own store and by Akka.Persistence.Sql in turns, and that its sessions continue.</summary>
public abstract class MoveTests<TStore> : IAsyncDisposable
    where TStore : SqlTestStore, new()
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly SessionId Sleeper = new("tenant", "sleeper");
    private readonly FakeTime time = new();

    /// <summary>The database of the test.</summary>
    protected TStore Place { get; } = new();

    /// <summary>Ends with the test.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Place.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_waits_is_moved_answered_moved_back_and_answered_again()
    {
        await using (var own = await Place.OpenOwnAsync())
        await using (var engine = await StartAsync(own))
        {
            await engine.FeedAsync(Id, "a = ask(1)\nb = ask(2)\n(a, b, ask(3))");
            await engine.EventAsync(Id, IsCall(1));
            await engine.FeedAsync(Sleeper, "await sleep(3600)\n'woken'");
            await engine.EventAsync(Sleeper, e => e is CallAnnounced);
        }

        await using (var moved = await Place.OpenAsync())
        await using (var engine = await StartAsync(moved))
        {
            (await moved.FindAsync(Id, Token)).ShouldBeNull("the index is not moved");
            (await engine.ReindexAsync(Token)).ShouldBe(2);
            await IsWaitingAsync(engine);
            await AnswerAsync(engine, 1);
            await engine.EventAsync(Id, IsCall(2));
            time.Advance(TimeSpan.FromHours(1));
            (await engine.EndAsync(Sleeper)).ShouldBe(new FeedOutcome.Completed("woken"));
        }

        await using (var own = await Place.OpenOwnAsync())
        await using (var engine = await StartAsync(own))
        {
            (await engine.ListAsync(new SessionQuery("tenant") { WaitingOn = "sleep" }, Token)).ShouldHaveSingleItem("its index is stale");
            (await engine.ReindexAsync(Token)).ShouldBe(2);
            (await engine.ListAsync(new SessionQuery("tenant") { WaitingOn = "sleep" }, Token)).ShouldBeEmpty();
            await IsWaitingAsync(engine);
            await AnswerAsync(engine, 2);
            await engine.EventAsync(Id, IsCall(3));
        }

        await using (var moved = await Place.OpenAsync())
        await using (var engine = await StartAsync(moved))
        {
            (await engine.ReindexAsync(Token)).ShouldBe(2);
            await AnswerAsync(engine, 3);
            (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(new MontyTuple([1, 2, 3])));
            (await engine.HistoryAsync(Id)).OfType<CallAnswered>().Select(a => a.CallId).ShouldBe([0u, 1u, 2u]);
        }
    }

    [Fact]
    public async Task A_database_that_Akka_Persistence_Sql_used_first_is_moved_to_our_own_store()
    {
        await using (var sessions = await Place.OpenAsync())
        await using (var engine = await StartAsync(sessions))
        {
            await engine.FeedAsync(Id, "ask(1)");
            await engine.EventAsync(Id, IsCall(1));
        }

        await using var own = await Place.OpenOwnAsync();
        await using var next = await StartAsync(own);
        (await next.ReindexAsync(Token)).ShouldBe(1);
        await AnswerAsync(next, 1);
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task The_two_kinds_of_store_exclude_each_other()
    {
        await using var own = await Place.OpenOwnAsync();
        await using var sessions = await Place.OpenAsync();
        foreach (var (first, second) in new[] { (own, sessions), (sessions, own) })
        {
            await using var owner = await first.OwnAsync("the first", Token);
            using var impatient = new CancellationTokenSource(TestTimeouts.MeantToPass);
            var refused = await Should.ThrowAsync<Exception>(() => second.OwnAsync("the second", impatient.Token));
            (refused is OperationCanceledException or StoreOwnedException { Holder: "the first" }).ShouldBeTrue($"{refused}");
        }
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_is_reported_and_does_not_stop_the_rebuild()
    {
        List<string> problems = [];
        await using var sessions = await Place.OpenAsync();
        await using var engine = await StartAsync(sessions, problems);
        await engine.RunAsync(new SessionId("tenant", "bad"), "1", cancellationToken: Token);
        await engine.RunAsync(Id, "1", cancellationToken: Token);
        await Place.EditAsync("UPDATE journal SET identifier = 5 WHERE persistence_id LIKE 'tenant/bad#%'; DELETE FROM sql_session");

        (await engine.ReindexAsync(Token)).ShouldBe(1);

        (await engine.ListAsync(new SessionQuery("tenant"), Token)).ShouldHaveSingleItem().Session.ShouldBe(Id);
        problems.ShouldContain(p => p.Contains("tenant/bad", StringComparison.Ordinal));
    }

    private static Predicate<SessionEvent> IsCall(long argument) =>
        e => e is CallAnnounced { Call: MontyFunctionCall call } && call.Arguments.SequenceEqual([argument]);

    private static async Task IsWaitingAsync(MontyEngine engine) =>
        (await engine.ListAsync(new SessionQuery("tenant") { WaitingOn = "ask", Status = SessionStatus.Waiting }, Token))
            .ShouldHaveSingleItem()
            .Session.ShouldBe(Id);

    private static Task AnswerAsync(MontyEngine engine, long argument) =>
        engine.AcceptAsync(Id, new AnswerCommand($"answer {argument}", 1, (uint)argument - 1, MontyAnswer.Return(argument)));

    private Task<MontyEngine> StartAsync(SessionStore sessions, List<string>? problems = null) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = sessions,
                TimeProvider = time,
                SnapshotEvery = 2, // both kinds of store read the snapshots of the other
                Tools = [DurableTool.External("ask")],
                OnProblem = (message, _) => problems?.Add(message),
            },
            Token
        );
}
