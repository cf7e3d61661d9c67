using System.Data.Common;
using Monty.Actors.Journal.Sql;
using Monty.Testing.Journals;
using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Every statement that finds rows does so by an index, in the index's order, whatever the planner knows of the tables' sizes.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private readonly PostgreSqlStore store = new();
    private PostgreSqlConnections connections = null!;
    private IJournal journal = null!;

    public async ValueTask InitializeAsync()
    {
        journal = await store.OpenAsync();
        connections = new PostgreSqlConnections(store.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        await journal.DisposeAsync();
        await store.DisposeAsync();
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
                    foreach (var since in (DateTimeOffset?[])[null, Story.Start])
                    {
                        var query = new SessionQuery("acme")
                        {
                            Status = status,
                            WaitingOn = waitingOn,
                            Label = label,
                            UnchangedSince = since,
                            After = "s5",
                        };
                        var plan = await PlanAsync(commands =>
                            new SqlReads(commands, new PostgreSqlJournalOptions { ConnectionString = "" }).ListCommand(query)
                        );
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
    [InlineData("read_records", "record_pkey")]
    [InlineData("purge_sessions", "session_closed")]
    public async Task Every_other_statement_finds_its_rows_by_an_index(string name, string index)
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
                        parameter.EndsWith("tenant", StringComparison.Ordinal) ? "acme"
                            : parameter.EndsWith("name", StringComparison.Ordinal) ? "s5"
                            : 1L
                    );
                }

                return command;
            });
            plan.ShouldContain($"using {index} on");
            ShouldWalkIndexes(plan);
        }
    }

    [Fact]
    public async Task An_append_finds_its_sessions_by_their_names_in_tables_that_were_empty_when_it_was_planned()
    {
        await using var connection = await connections.OpenSingleAsync(TestContext.Current.CancellationToken);
        foreach (var file in (string[])["append_sessions", "claim_sessions"])
        {
            await using var command = PostgreSqlConnections.Command(connection, file);
            Explain(command);
            foreach (var parameter in command.CommandText.Split([' ', ',', ')', '(', '\n']).Where(word => word.StartsWith('@')).Distinct())
            {
                command.Parameters.Add(Empty(parameter[1..]));
            }

            var plan = await ReadAsync(command);
            plan.ShouldContain("using session_by_name on session");
            plan.ShouldMatch(@"Index Cond: \(\(tenant = g\w*\.tenant\) AND \(name = g\w*\.name\)\)");
            plan.ShouldNotContain("Seq Scan");
        }

        static NpgsqlParameter Empty(string name) =>
            name switch
            {
                "tenants" or "names" or "waiting_on" or "labels" or "record_kinds" or "dump_runtimes" => new NpgsqlParameter<string[]>(
                    name,
                    []
                ),
                "statuses" => new NpgsqlParameter<short[]>(name, []),
                "actives" => new NpgsqlParameter<bool[]>(name, []),
                "record_schemas" => new NpgsqlParameter<int[]>(name, []),
                "record_payloads" or "dump_contents" => new NpgsqlParameter<byte[][]>(name, []),
                "max_dump_bytes" => new NpgsqlParameter<int>(name, 1),
                _ => new NpgsqlParameter<long[]>(name, []),
            };
    }

    private static void ShouldWalkIndexes(string plan)
    {
        foreach (var word in (string[])["Seq Scan", "->  Sort", "Bitmap", "Materialize"])
        {
            plan.ShouldNotContain(word, Case.Sensitive);
        }

        var scans = plan.Split('\n').Where(line => line.Contains(" Scan using ", StringComparison.Ordinal)).ToList();
        var whole = plan.Split('\n').SkipWhile(line => !line.Contains(" Scan using ", StringComparison.Ordinal)).ToList();
        scans.ShouldNotBeEmpty();
        for (var i = 0; i < whole.Count - 1; i++)
        {
            // Every scan has a condition on its index, but the one for the first row of all, which ends there.
            if (whole[i].Contains(" Scan using ", StringComparison.Ordinal) && !whole[i].Contains("session_due", StringComparison.Ordinal))
            {
                whole[i + 1].ShouldContain("Index Cond:", Case.Sensitive, plan);
            }
        }
    }

    private static void Explain(DbCommand command)
    {
#pragma warning disable CA2100 // A file of the assembly under test.
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
        await Task.WhenAll(
            Enumerable
                .Range(0, sessions)
                .Select(i =>
                    journal.AppendAsync(
                        Story.Opened(
                            Story.Session($"s{i}"),
                            Story.Summary(
                                (SessionStatus)(i % 5),
                                isActive: i % 3 == 0,
                                dueAt: i % 2 == 0 ? Story.Start : null,
                                waitingOn: i % 4 == 0 ? ["pay"] : [],
                                labels: i % 2 == 0 ? ["red"] : []
                            )
                        )
                    )
                )
        );
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
