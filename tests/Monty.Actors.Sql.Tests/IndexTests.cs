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
}

public sealed class SqlOnPostgreSqlIndexTests : IndexTests<SqlOnPostgreSql>
{
    protected override string Active => "true";
}

/// <summary>Tests that the index, which is not in the transaction of an append, is correct again after a crash at any point.</summary>
public abstract class IndexTests<TStore> : IAsyncDisposable
    where TStore : SqlTestStore, new()
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly TStore place = new();

    /// <summary>The literal for true.</summary>
    protected abstract string Active { get; }

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
    public async Task A_session_is_marked_active_before_its_change_is_appended()
    {
        await using var sessions = await place.OpenAsync();
        var epoch = await sessions.RaiseEpochAsync();
        sessions.WriteOne(Changes.Change(Changes.Session("a"), 1, epoch: epoch)).ShouldBe(WriteOutcome.Stored);
        await place.EditAsync("ALTER TABLE journal RENAME TO away"); // an append that fails as if the process died before it

        Should.Throw<SessionStoreException>(() => sessions.WriteOne(Changes.Change(Changes.Session("a"), 2, epoch: epoch)));

        await place.EditAsync("ALTER TABLE away RENAME TO journal");
        sessions.WriteOne(Changes.Change(Changes.Session("a"), 2, epoch: epoch)).ShouldBe(WriteOutcome.Stored);
        (await sessions.FindAsync(Changes.Session("a"), Token)).ShouldNotBeNull().Version.ShouldBe(2);
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
