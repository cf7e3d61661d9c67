using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests a server whose disk is full, and a server that becomes read-only.</summary>
public sealed class DiskTests : IAsyncLifetime
{
    private static readonly SessionId Session = Changes.Session("s");
    private PostgreSqlServer server = null!;

    public static bool MayMount => SmallDisk.MayMount;

    public async ValueTask InitializeAsync() => server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_fails_commits_with_a_clear_message_loses_nothing_and_the_store_recovers_when_space_is_freed()
    {
        await using var disk = await SmallDisk.MountAsync("postgres");
        await Sql.ScalarAsync(server, $"CREATE TABLESPACE small LOCATION '{disk.Folder}'");
        await using (
            var store = await PostgreSqlStore.OpenAsync(
                new PostgreSqlStoreOptions { ConnectionString = $"{server.ConnectionString};Options=-c default_tablespace=small" }
            )
        )
        {
            var payload = new byte[40_000];
            new Random(1).NextBytes(payload);
            var (written, full) = (0L, (SessionStoreException?)null);
            while (full is null)
            {
                try
                {
                    store.WriteOne(Next(payload)).ShouldBe(WriteOutcome.Stored);
                    written++;
                }
                catch (SessionStoreException exception)
                {
                    full = exception;
                }
            }

            full.Message.ShouldContain("the server's disk is full");
            written.ShouldBeGreaterThan(5);
            (await store.FindHighestAsync(Session.Key(), TestContext.Current.CancellationToken)).ShouldBe(written);
            (await store.FindAsync(Session, TestContext.Current.CancellationToken))!.Summary.Labels.ShouldBe([$"{written}"]);

            await disk.GrowAsync();
            store.WriteOne(Next(payload)).ShouldBe(WriteOutcome.Stored);

            ChangeWrite Next(byte[] bytes)
            {
                var change = Changes.Change(Session, written + 1, summary: Changes.Summary(labels: [$"{written + 1}"]));
                return change with { Row = change.Row with { Payload = bytes } };
            }
        }

        await server.KillAsync();
    }

    [Fact]
    public async Task A_database_that_becomes_read_only_is_reported_and_the_store_recovers_when_it_is_writable()
    {
        await Sql.ScalarAsync(server, "CREATE DATABASE sessions");
        await using var store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlStoreOptions { ConnectionString = $"{server.ConnectionString};Database=sessions" }
        );
        store.WriteOne(Changes.Change(Session, 1)).ShouldBe(WriteOutcome.Stored);

        await SetReadOnlyAsync("on");
        Should.Throw<SessionStoreException>(() => store.WriteOne(Changes.Change(Session, 2))).Message.ShouldContain("read-only");
        (await store.FindHighestAsync(Session.Key(), TestContext.Current.CancellationToken)).ShouldBe(1);

        await SetReadOnlyAsync("off");
        store.WriteOne(Changes.Change(Session, 2)).ShouldBe(WriteOutcome.Stored);

        async Task SetReadOnlyAsync(string value)
        {
            await Sql.ScalarAsync(server, $"ALTER DATABASE sessions SET default_transaction_read_only = {value}");
            await Sql.ScalarAsync(server, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'monty'");
        }
    }
}
