using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sql.Tests;

public sealed class SqlOnSqliteIndexTests : IndexTests<SqlOnSqlite>
{
    protected override string Active => "1";

    protected override string RefuseAppends => "CREATE TRIGGER refuse BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END";

    protected override string AllowAppends => "DROP TRIGGER refuse";
}

public sealed class SqlOnPostgreSqlIndexTests : IndexTests<SqlOnPostgreSql>
{
    protected override string Active => "true";

    protected override string RefuseAppends => "ALTER TABLE journal ADD CONSTRAINT refuse CHECK (false) NOT VALID";

    protected override string AllowAppends => "ALTER TABLE journal DROP CONSTRAINT refuse";
}

/// <summary>Tests that the index, which is not in the transaction of an append, is correct again after a crash at any point.</summary>
public abstract class IndexTests<TStore> : IAsyncDisposable
    where TStore : SqlTestStore, new()
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly TStore place = new();

    /// <summary>The literal for true.</summary>
    protected abstract string Active { get; }

    /// <summary>SQL after which the database refuses every append.</summary>
    protected abstract string RefuseAppends { get; }

    /// <summary>SQL after which the database accepts appends again.</summary>
    protected abstract string AllowAppends { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await place.DisposeAsync();
    }

    [Fact]
    public async Task A_row_that_was_marked_and_not_settled_before_a_crash_is_settled_by_the_next_engine()
    {
        SessionEntry settled;
        await using (var sessions = await place.OpenAsync())
        await using (var engine = await StartAsync(sessions))
        {
            await engine.FeedAsync(Id, "ask(1)");
            await engine.EventAsync(Id, e => e is CallAnnounced);
            settled = (await sessions.FindAsync(Id, Token)).ShouldNotBeNull();
        }

        settled.Summary.IsActive.ShouldBeFalse();
        settled.Summary.WaitingOn.ShouldBe(["ask"]);
        await place.EditAsync(
            $"UPDATE sql_session SET is_active = {Active}, version = 1, status = 0, waiting_on = NULL; DELETE FROM sql_session_tag"
        );

        await using var again = await place.OpenAsync();
        await using var next = await StartAsync(again);
        await TestTasks.UntilAsync(async () => (await again.FindAsync(Id, Token)) == settled);
        (await next.ListAsync(new SessionQuery("tenant") { WaitingOn = "ask" }, Token)).ShouldBe([settled]);
    }

    [Fact]
    public async Task The_mark_of_a_session_whose_first_change_was_not_stored_is_not_listed_and_is_removed()
    {
        await using var sessions = await place.OpenAsync();
        await place.EditAsync(
            $"INSERT INTO sql_session (persistence_id, tenant, name, version, status, is_active, created_us, changed_us) VALUES ('{PersistenceIds.For(Id)}', 'tenant', 'session', 0, 0, {Active}, 0, 0)"
        );
        (await sessions.FindAsync(Id, Token)).ShouldBeNull();
        (await sessions.ListAsync(new SessionQuery("tenant"), Token)).ShouldBeEmpty();
        (await sessions.ListActiveAsync(null, 9, Token)).ShouldBe([Id]);

        await using var engine = await StartAsync(sessions);
        await TestTasks.UntilAsync(async () => (await sessions.ListActiveAsync(null, 9, Token)).Count == 0);
    }

    [Fact]
    public async Task A_session_is_marked_active_before_its_change_is_appended_and_settled_afterwards()
    {
        var session = Changes.Session("a");
        await using var sessions = await place.OpenAsync();
        var epoch = await sessions.RaiseEpochAsync();
        sessions.WriteOne(Changes.Change(session, 1, epoch: epoch)).ShouldBe(WriteOutcome.Stored);
        (await sessions.ListActiveAsync(null, 9, Token)).ShouldBeEmpty();
        await place.EditAsync(RefuseAppends); // the index is as if the process died before the append

        Should.Throw<SessionStoreException>(() => sessions.WriteOne(Changes.Change(session, 2, epoch: epoch)));
        Should.Throw<SessionStoreException>(() => sessions.WriteOne(Changes.Change(Changes.Session("new"), 1, "refused", epoch)));

        (await sessions.ListActiveAsync(null, 9, Token)).ShouldBe([session, Changes.Session("new")]);
        (await sessions.FindAsync(session, Token)).ShouldNotBeNull().Version.ShouldBe(1);
        await place.EditAsync(AllowAppends);
        sessions.WriteOne(Changes.Change(session, 2, epoch: epoch)).ShouldBe(WriteOutcome.Stored);
        (await sessions.FindAsync(session, Token)).ShouldBe(new SessionEntry(session, 2, Changes.Summary()));
        (await sessions.ListActiveAsync(null, 9, Token)).ShouldBe([Changes.Session("new")]);
    }

    [Fact]
    public async Task A_conflict_fails_no_other_session_and_the_journal_stays_open()
    {
        await using var sessions = await place.OpenAsync();
        await using var another = await place.OpenAsync();
        var epoch = await sessions.RaiseEpochAsync();
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            // Both stores write the same sequence number at the same time, so that some conflicts are found by the unique key only.
            var writes = new[] { sessions, another }.Select(store =>
                Task.Run(
                    () =>
                        store.WriteAll([
                            .. Enumerable
                                .Range(0, 10)
                                .Select(i =>
                                    Changes.Change(
                                        Changes.Session(i == 3 ? "shared" : $"{store.GetHashCode()} {i}".Replace(' ', '-')),
                                        sequence,
                                        $"{store.GetHashCode()}",
                                        epoch
                                    )
                                ),
                        ]),
                    Token
                )
            );
            var outcomes = await Task.WhenAll(writes).InTime();
            foreach (var own in outcomes)
            {
                own.Where((_, i) => i != 3).ShouldAllBe(o => o == WriteOutcome.Stored);
            }

            outcomes.Select(o => o[3]).Order().ShouldBe([WriteOutcome.Stored, WriteOutcome.Conflict]);
        }

        (await sessions.ReadAllAsync(Changes.Session("shared"))).Count.ShouldBe(20);
    }

    private static Task<MontyEngine> StartAsync(SessionStore sessions) =>
        MontyEngine.StartAsync(new MontyEngineOptions { Store = sessions, Tools = [DurableTool.External("ask")] }, Token);
}
