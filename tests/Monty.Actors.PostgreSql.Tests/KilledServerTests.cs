using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests a separate server that loses its power.</summary>
[SupportedOSPlatform("linux")]
public sealed class KilledServerTests : IAsyncLifetime
{
    private PostgreSqlServer server = null!;

    public async ValueTask InitializeAsync() => server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_server_killed_under_load_loses_no_acknowledged_change_and_the_store_reconnects()
    {
        await using var store = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var writes = new TornWrites(store, 16);
        var running = writes.RunAsync(await store.RaiseEpochAsync(), stop.Token);
        for (var round = 1; round <= 4; round++)
        {
            await writes.WhenWritten(writes.Writes + 150).InTime();
            await server.KillAsync();
            await server.StartAsync();
        }

        await writes.WhenWritten(writes.Writes + 150).InTime();
        await stop.CancelAsync();
        await running.InTime();
        writes.Failures.ShouldBeGreaterThan(0);
        await writes.CheckAsync();
    }

    [Fact]
    public async Task A_server_that_is_killed_between_commits_and_restarted_causes_no_failure()
    {
        await using var store = await OpenAsync();
        var session = Changes.Session("s");
        store.WriteOne(Changes.Change(session, 1));
        await server.KillAsync();
        Should.Throw<SessionStoreException>(() => store.WriteOne(Changes.Change(session, 2))).Message.ShouldContain("cannot be reached");
        (
            await Should.ThrowAsync<SessionStoreException>(() => store.FindAsync(session, TestContext.Current.CancellationToken))
        ).Message.ShouldContain("cannot be reached");
        (await Should.ThrowAsync<SessionStoreException>(OpenAsync)).Message.ShouldContain("cannot be reached");

        await server.StartAsync();
        store.WriteOne(Changes.Change(session, 2)).ShouldBe(WriteOutcome.Stored);
        await server.KillAsync();
        await server.StartAsync();
        store.WriteOne(Changes.Change(session, 3)).ShouldBe(WriteOutcome.Stored);
    }

    [Fact]
    public async Task An_owner_notices_the_loss_of_the_store_and_a_higher_epoch_follows()
    {
        await using var store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString, KeepAlive = TimeSpan.FromSeconds(1) }
        );
        await using var first = await store.OwnAsync("one", TestContext.Current.CancellationToken);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = first.Lost.Register(lost.SetResult);
        await server.KillAsync();
        await lost.Task.InTime();
        await server.StartAsync();
        await using var second = await store.OwnAsync("two", TestContext.Current.CancellationToken);
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
        second.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task The_acknowledged_changes_of_a_killed_process_are_complete_and_the_next_process_takes_over()
    {
        await using var store = await OpenAsync();
        var writes = new TornWrites(store, 4);
        for (var round = 0; round < 4; round++)
        {
            await KilledWriter.RunAsync(
                writes,
                "postgresql",
                server.ConnectionString,
                30 + (17 * round),
                TestContext.Current.CancellationToken
            );
            await using (await store.OwnAsync("the test", TestContext.Current.CancellationToken))
            {
                await writes.CheckAsync(); // a commit in flight has ended when the claim returns
            }
        }
    }

    private Task<PostgreSqlStore> OpenAsync() =>
        PostgreSqlStore.OpenAsync(new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString });
}
