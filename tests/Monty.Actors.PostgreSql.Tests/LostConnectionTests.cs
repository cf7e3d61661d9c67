using Monty.Testing;
using Monty.Testing.Stores;
using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests connections that break during a commit. Stored changes are reported as stored, and no change is stored twice.</summary>
public sealed class LostConnectionTests : IAsyncLifetime
{
    private static readonly SessionId Session = Changes.Session("s");
    private readonly PostgreSqlTestStore place = new();
    private readonly CuttingProxy proxy = new(PostgreSqlTestStore.Server!.Port);
    private SessionStore direct = null!;
    private PostgreSqlStore store = null!;
    private long epoch;

    public async ValueTask InitializeAsync()
    {
        direct = await place.OpenAsync();
        epoch = await direct.RaiseEpochAsync();
        store = await PostgreSqlStore.OpenAsync(
            place.Options with
            {
                ConnectionString = $"{place.Options.ConnectionString};Port={proxy.Port}",
                KeepAlive = TimeSpan.FromHours(1),
            }
        );
        store.WriteOne(Change(1)).ShouldBe(WriteOutcome.Stored);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await direct.DisposeAsync();
        await proxy.DisposeAsync();
        await place.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_of_many_sessions_is_one_round_trip()
    {
        var before = proxy.RoundTrips;
        store.WriteAll([.. Enumerable.Range(0, 300).Select(i => Changes.Change(Changes.Session($"t{i}"), 1, new string('x', 900), epoch))]);

        (proxy.RoundTrips - before).ShouldBe(1);
        (await direct.ListAsync(new SessionQuery("acme") { Max = 1000 }, CancellationToken.None)).Count.ShouldBe(301);
    }

    [Fact]
    public async Task A_change_whose_reply_is_lost_is_found_by_its_writer_id_and_reported_as_stored()
    {
        ChangeWrite[] writes = [.. Enumerable.Range(0, 50).Select(i => Changes.Change(Changes.Session($"t{i}"), 1, "a", epoch)), Change(2)];
        var cut = proxy.CutReply();

        store.WriteAll(writes).ShouldAllBe(o => o == WriteOutcome.Stored);

        await cut.InTime();
        foreach (var write in writes)
        {
            (await direct.FindHighestAsync(write.PersistenceId, CancellationToken.None)).ShouldBe(write.Row.SequenceNumber);
        }

        store.WriteOne(Change(3)).ShouldBe(WriteOutcome.Stored);
        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task A_change_that_never_arrived_is_written_again()
    {
        var cut = proxy.CutRequest();

        store.WriteOne(Change(2)).ShouldBe(WriteOutcome.Stored);

        await cut.InTime();
        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_change_that_never_arrived_is_a_conflict_if_another_has_taken_its_place_in_the_meantime()
    {
        var cut = proxy.CutRequest(() =>
        {
            direct.WriteOne(Changes.Change(Session, 2, "another's", epoch)).ShouldBe(WriteOutcome.Stored);
            return Task.CompletedTask;
        });

        store
            .WriteAll(Change(2), Changes.Change(Changes.Session("t"), 1, "a", epoch))
            .ShouldBe([WriteOutcome.Conflict, WriteOutcome.Stored]);

        await cut.InTime();
        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "another's"]);
    }

    [Fact]
    public async Task A_claim_in_the_meantime_fences_changes_that_never_arrived_and_keeps_stored_ones()
    {
        var cut = proxy.CutReply(() => direct.RaiseEpochAsync());
        store.WriteOne(Change(2)).ShouldBe(WriteOutcome.Stored);
        await cut.InTime();
        epoch++;

        cut = proxy.CutRequest(() => direct.RaiseEpochAsync());
        store.WriteOne(Change(3)).ShouldBe(WriteOutcome.Fenced);
        await cut.InTime();

        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_server_that_stays_unavailable_leaves_the_outcome_unknown_and_the_change_can_be_written_again()
    {
        var change = Change(2);
        var cut = proxy.CutReply(() =>
        {
            proxy.IsAway = true;
            return Task.CompletedTask;
        });

        Should.Throw<SessionStoreException>(() => store.WriteOne(change)).Message.ShouldContain("the server cannot be reached");
        await cut.InTime();
        Should.Throw<SessionStoreException>(() => store.WriteOne(change)).Message.ShouldContain("the server cannot be reached");

        proxy.IsAway = false;
        store.WriteOne(change).ShouldBe(WriteOutcome.Stored);
        store.WriteOne(change.ByAnother()).ShouldBe(WriteOutcome.Conflict);
        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "2"]);
    }

    /// <summary>The first statement waits for a lock when its connection is cut, and the second one finds it still running on the server.</summary>
    [Fact]
    public async Task A_repeated_commit_waits_for_the_first_one_that_still_runs_on_the_server()
    {
        await using var connection = new NpgsqlConnection(place.Options.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // The text contains only the name of this test's schema.
        await using var block = new NpgsqlCommand(
            $"SELECT epoch FROM {place.Options.Schema}.shard_claim FOR UPDATE",
            connection,
            transaction
        );
#pragma warning restore CA2100
        await block.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        var written = Task.Run(() => store.WriteOne(Change(2)));
        await WaitingAsync(1);
        proxy.CutDrivers();
        await WaitingAsync(2);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        (await written.InTime()).ShouldBe(WriteOutcome.Stored);
        (await direct.ReadTextsAsync(Session)).ShouldBe(["1", "2"]);

        Task WaitingAsync(int count) =>
            TestTasks.UntilAsync(async () =>
                await Sql.ScalarAsync(
                    $"SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.relation = '{place.Options.Schema}.shard_claim'::regclass WHERE a.wait_event_type = 'Lock'"
                )
                    is long waiting
                && waiting >= count
            );
    }

    private ChangeWrite Change(long sequence) => Changes.Change(Session, sequence, $"{sequence}", epoch);
}
