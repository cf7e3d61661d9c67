using System.Globalization;
using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests a process that is suspended while it writes, and resumed after another process has claimed the store.</summary>
[SupportedOSPlatform("linux")]
public sealed class PausedProcessTests : IAsyncLifetime
{
    private const string Holds = "EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)";
    private PostgreSqlServer server = null!;

    public async ValueTask InitializeAsync() => server = await PostgreSqlServer.StartNewAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task It_keeps_no_transaction_open_while_it_is_suspended_and_writes_nothing_after_it_resumes()
    {
        await using var store = await PostgreSqlStore.OpenAsync(
            new PostgreSqlStoreOptions { ConnectionString = $"{server.ConnectionString};Application Name=other" }
        );
        for (var round = 0; round < 5; round++)
        {
            using var host = TestHost.StartWriting("postgresql", server.ConnectionString);
            var lines = new List<string>();
            for (var i = 0; i < 20 + (13 * round); i++)
            {
                lines.Add(await host.ReadLineAsync(TestContext.Current.CancellationToken));
            }

            await host.SignalAsync("STOP");
            await Sql.ScalarAsync(
                server,
                $"SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE application_name = 'monty' AND {Holds}"
            );

            await using var owner = await store.OwnAsync("the next engine", TestContext.Current.CancellationToken).InTime();
            (
                await Sql.ScalarAsync(
                    server,
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'monty' AND xact_start IS NOT NULL"
                )
            ).ShouldBe(0L, "a commit of the paused process has ended when the claim returns");
            var highest = new Dictionary<string, long>();
            for (var i = 0; i < 4; i++)
            {
                var session = Changes.Session($"s{i}");
                highest[session.Name] = await store.FindHighestAsync(session.Key(), TestContext.Current.CancellationToken);
                store
                    .WriteOne(Changes.Change(session, highest[session.Name] + 1, "by the next engine", owner.Epoch))
                    .ShouldBe(WriteOutcome.Stored);
            }

            await host.SignalAsync("CONT");
            lines.AddRange(await host.ReadToEndAsync(TestContext.Current.CancellationToken));
            foreach (var words in lines.Where(l => l.Length > 0).Select(l => l.Split(' ')))
            {
                if (words[0] is "Fenced")
                {
                    highest.ShouldContainKey(words[1]);
                    continue;
                }

                long.Parse(words[1], CultureInfo.InvariantCulture)
                    .ShouldBeLessThanOrEqualTo(highest[words[0]], "the change was reported as stored");
            }

            lines.Count(l => l.StartsWith("Fenced", StringComparison.Ordinal)).ShouldBe(4);
            foreach (var (name, sequence) in highest)
            {
                var rows = await store.ReadTextsAsync(Changes.Session(name));
                rows.Count.ShouldBe((int)sequence + 1);
                rows[^1].ShouldBe("by the next engine");
            }
        }
    }
}
