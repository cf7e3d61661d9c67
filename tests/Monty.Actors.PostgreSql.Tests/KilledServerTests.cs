using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>A server of the test's own, which loses its power.</summary>
[SupportedOSPlatform("linux")]
public sealed class KilledServerTests : IAsyncLifetime
{
    private PostgreSqlServer server = null!;

    public async ValueTask InitializeAsync() => server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_server_killed_under_load_loses_nothing_acknowledged_and_the_journal_connects_again()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(server.ConnectionString);
        using var stop = new CancellationTokenSource();
        var writes = new TornWrites(journal, 16);
        var running = writes.RunAsync(stop.Token);
        for (var round = 1; round <= 4; round++)
        {
            await InTime(writes.WhenAppended(writes.Appends + 150));
            await server.KillAsync();
            await server.StartAsync();
        }

        await InTime(writes.WhenAppended(writes.Appends + 150));
        await stop.CancelAsync();
        await InTime(running);
        writes.Failures.ShouldBeGreaterThan(0);
        await writes.CheckAsync();
    }

    [Fact]
    public async Task A_server_killed_between_commits_is_met_with_one_failure_or_none()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(server.ConnectionString);
        var session = Story.Session("s");
        await journal.AppendAsync(TornWrites.Append(session, 0));
        await server.KillAsync();
        var down = await Should.ThrowAsync<JournalException>(() => journal.AppendAsync(TornWrites.Append(session, 2)));
        down.Message.ShouldContain("cannot be reached");
        (await Should.ThrowAsync<JournalException>(() => journal.FindAsync(session))).Message.ShouldContain("cannot be reached");
        (await Should.ThrowAsync<JournalException>(() => PostgreSqlJournal.OpenAsync(server.ConnectionString))).Message.ShouldContain(
            "cannot be reached"
        );

        await server.StartAsync();
        (await journal.AppendAsync(TornWrites.Append(session, 2))).ShouldBe(AppendResult.Appended);
        (await journal.FindAsync(session))!.Version.ShouldBe(4);
    }

    [Fact]
    public async Task An_owner_learns_that_it_lost_the_store_and_a_higher_epoch_follows()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(
            new PostgreSqlJournalOptions { ConnectionString = server.ConnectionString, KeepAlive = TimeSpan.FromSeconds(1) }
        );
        await using var first = await journal.OwnAsync("one");
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = first.Lost.Register(lost.SetResult);
        await server.KillAsync();
        await InTime(lost.Task);
        await server.StartAsync();
        await using var second = await journal.OwnAsync("two");
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
        second.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_there_whole_and_the_next_one_takes_over()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(server.ConnectionString);
        var writes = new TornWrites(journal, 4);
        for (var round = 0; round < 4; round++)
        {
            await KilledWriter.RunAsync(
                writes,
                "postgresql",
                server.ConnectionString,
                30 + (17 * round),
                TestContext.Current.CancellationToken
            );
            await using (await journal.OwnAsync("the test"))
            {
                await writes.CheckAsync(); // a commit in flight is over once the dead one's lock is
            }
        }
    }

    private static Task InTime(Task task) => task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
}
