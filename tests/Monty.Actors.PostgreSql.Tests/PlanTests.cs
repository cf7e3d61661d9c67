using System.Data.Common;
using Monty.Actors.Persistence.Sql;
using Monty.Testing.Stores;
using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests that every statement that finds rows uses an index in the index's order, regardless of the planner's knowledge of table sizes.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private readonly PostgreSqlTestStore place = new();
    private PostgreSqlConnections connections = null!;
    private SessionStore store = null!;

    public async ValueTask InitializeAsync()
    {
        store = await place.OpenAsync();
        connections = new PostgreSqlConnections(place.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        await store.DisposeAsync();
        await place.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2000)]
    public async Task Every_listing_walks_one_index_in_the_order_of_names(int sessions)
    {
        await FillAsync(sessions);
        foreach (var status in (SessionStatus?[])[null, SessionStatus.Waiting])
        {
            foreach (var waitingOn in (string?[])[null, "pay"])
            {
                foreach (var label in (string?[])[null, "red"])
                {
                    foreach (var since in (DateTimeOffset?[])[null, Changes.Start])
                    {
                        var query = new SessionQuery("acme")
                        {
                            Status = status,
                            WaitingOn = waitingOn,
                            Label = label,
                            UnchangedSince = since,
                            After = "s5",
                        };
                        var plan = await PlanAsync(commands => new SqlReads(place.Options, commands).ListCommand(query));
                        plan.ShouldContain(
                            label is not null || waitingOn is not null ? "using session_tag_pkey on session_tag t"
                                : status is not null ? "using session_by_status on session s"
                                : since is not null ? "using session_by_status on session"
                                : "using session_by_name on session s",
                            Case.Sensitive,
                            query.ToString()
                        );
                        ShouldWalkIndexes(plan);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("list_due", "session_due")]
    [InlineData("list_active", "session_active")]
    [InlineData("find_session", "session_by_name")]
    [InlineData("read_changes", "journal_uq")]
    [InlineData("find_highest", "journal_uq")]
    [InlineData("find_snapshot", "snapshot_pkey")]
    [InlineData("save_snapshot", "journal_uq")]
    [InlineData("save_snapshot", "snapshot_pkey")]
    [InlineData("delete_snapshots", "snapshot_pkey")]
    [InlineData("purge_sessions", "session_closed")]
    [InlineData("claim_shard", "shard_claim_pkey")]
    public async Task Every_other_statement_finds_its_rows_with_an_index(string name, string index)
    {
        foreach (var sessions in (int[])[0, 2000])
        {
            await FillAsync(sessions);
            var plan = await PlanAsync(commands =>
            {
                var command = commands(name);
                foreach (
                    var parameter in command.CommandText.Split([' ', ',', ')', '(', '\n']).Where(word => word.StartsWith('@')).Distinct()
                )
                {
                    command.Set(
                        parameter[1..],
                        parameter switch
                        {
                            "@snapshot" => new byte[1],
                            "@serializer_id" => 1,
                            "@tenant" or "@after_tenant" => "acme",
                            "@name" or "@after_name" or "@persistence_id" or "@manifest" or "@node" => "s5",
                            _ => 1L,
                        }
                    );
                }

                return command;
            });
            plan.ShouldContain($"using {index} on", Case.Sensitive, plan);
            ShouldWalkIndexes(plan);
        }
    }

    [Fact]
    public async Task A_write_that_was_planned_on_empty_tables_still_finds_the_last_change_of_each_session_with_the_key()
    {
        await using var connection = await connections.OpenSingleAsync(TestContext.Current.CancellationToken);
        foreach (var file in (string[])["write_changes", "find_own"])
        {
            await using var command = PostgreSqlConnections.Command(connection, file);
            Explain(command);
            WriteStatement.SetParameters(command.Parameters, []);

            var plan = await ReadAsync(command);
            plan.ShouldMatch(@"Index (Only )?Scan (Backward )?using journal_uq on journal j");
            plan.ShouldMatch(@"Index Cond: \(\(?\(?persistence_id\)?(::text)? = ");
            plan.ShouldNotContain("Seq Scan");
            plan.ShouldNotContain("Sort");
        }
    }

    private static void ShouldWalkIndexes(string plan)
    {
        foreach (var word in (string[])["Seq Scan", "->  Sort", "Bitmap", "Materialize"])
        {
            plan.ShouldNotContain(word, Case.Sensitive);
        }

        var lines = plan.Split('\n');
        int[] scans = [.. Enumerable.Range(0, lines.Length).Where(i => lines[i].Contains(" using ", StringComparison.Ordinal))];
        scans.ShouldNotBeEmpty();
        foreach (var scan in scans)
        {
            lines[scan + 1].ShouldContain("Index Cond:", Case.Sensitive, plan);
        }
    }

    private static void Explain(DbCommand command)
    {
#pragma warning disable CA2100 // The text is an embedded file of the assembly under test.
        command.CommandText = "EXPLAIN " + command.CommandText;
#pragma warning restore CA2100
    }

    private static async Task<string> ReadAsync(DbCommand command)
    {
        List<string> lines = [];
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join('\n', lines);
    }

    private async Task FillAsync(int sessions)
    {
        store.WriteAll([
            .. Enumerable
                .Range(0, sessions)
                .Select(i =>
                    Changes.Change(
                        Changes.Session($"s{i}"),
                        1,
                        summary: Changes.Summary(
                            (SessionStatus)(i % 5),
                            isActive: i % 3 == 0,
                            dueAt: i % 2 == 0 ? Changes.Start : null,
                            waitingOn: i % 4 == 0 ? ["pay"] : [],
                            labels: i % 2 == 0 ? ["red"] : []
                        )
                    )
                ),
        ]);
        await using var connection = await connections.OpenSingleAsync(TestContext.Current.CancellationToken);
        await using var analyze = new NpgsqlCommand("ANALYZE", connection);
        if (sessions > 0)
        {
            await analyze.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    private Task<string> PlanAsync(Func<Func<string, DbCommand>, DbCommand> make) =>
        connections.RunAsync(
            "Explaining",
            async commands =>
            {
                var command = make(commands);
                Explain(command);
                return await ReadAsync(command);
            },
            TestContext.Current.CancellationToken
        );
}
