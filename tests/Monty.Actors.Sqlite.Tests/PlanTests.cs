using Microsoft.Data.Sqlite;
using Monty.Actors.Persistence.Sql;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests that every statement that finds rows uses an index in the index's order, without reading or sorting whole tables.</summary>
public sealed class PlanTests : IAsyncDisposable
{
    private readonly SqliteTestStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Every_listing_walks_one_index_in_the_order_of_names()
    {
        await (await store.OpenAsync()).DisposeAsync();
        await using var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
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
                        var plan = Plan(
                            (SqliteCommand)new SqlReads(new SessionStoreOptions(), name => Explained(connection, name)).ListCommand(query)
                        );
                        var index =
                            label is not null || waitingOn is not null
                                ? "SEARCH t USING PRIMARY KEY (tenant=? AND tag_kind=? AND tag=? AND name>?)"
                            : status is not null ? "SEARCH s USING INDEX session_by_status (tenant=? AND status=? AND name>?)"
                            : since is not null ? "SEARCH session USING INDEX session_by_status (tenant=? AND status=? AND name>?)"
                            : "SEARCH s USING INDEX session_by_name (tenant=? AND name>?)";
                        plan.First(line => line.StartsWith("SEARCH", StringComparison.Ordinal)).ShouldBe(index, query.ToString());
                        plan.ShouldNotContain(
                            line =>
                                line.StartsWith("SCAN ", StringComparison.Ordinal)
                                || line.Contains("TEMP B-TREE", StringComparison.Ordinal),
                            query.ToString()
                        );
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("list_due", "SEARCH session USING COVERING INDEX session_due ((due_us,tenant,name)>(?,?,?) AND due_us<?)")]
    [InlineData("list_active", "SEARCH session USING INDEX session_active ((tenant,name)>(?,?))")]
    [InlineData("find_session", "SEARCH session USING INDEX session_by_name (tenant=? AND name=?)")]
    [InlineData("find_row", "SEARCH session USING INDEX session_by_name (tenant=? AND name=?)")]
    [InlineData("update_session", "SEARCH session USING INTEGER PRIMARY KEY (rowid=?)")]
    [InlineData("find_highest", "SEARCH journal USING COVERING INDEX journal_uq (persistence_id=?)")]
    [InlineData("find_writer", "SEARCH journal USING INDEX journal_uq (persistence_id=? AND sequence_number=?)")]
    [InlineData("read_changes", "SEARCH journal USING INDEX journal_uq (persistence_id=? AND sequence_number>? AND sequence_number<?)")]
    [InlineData("find_snapshot", "SEARCH snapshot USING INDEX sqlite_autoindex_snapshot_1 (persistence_id=? AND sequence_number<?)")]
    [InlineData("save_snapshot", "SEARCH journal EXISTS USING COVERING INDEX journal_uq (persistence_id=? AND sequence_number=?)")]
    [InlineData(
        "trim_snapshots",
        "SEARCH snapshot USING COVERING INDEX sqlite_autoindex_snapshot_1 (persistence_id=? AND sequence_number<?)"
    )]
    [InlineData("delete_snapshots", "SEARCH snapshot USING INDEX sqlite_autoindex_snapshot_1 (persistence_id=? AND sequence_number<?)")]
    [InlineData("claim_shard", "SEARCH shard_claim USING INTEGER PRIMARY KEY (rowid=?)")]
    [InlineData("find_epoch", "SEARCH shard_claim USING INTEGER PRIMARY KEY (rowid=?)")]
    [InlineData("purge_sessions", "SEARCH session USING INTEGER PRIMARY KEY (rowid=?)")]
    public async Task Every_other_statement_finds_its_rows_with_an_index(string name, string first)
    {
        await (await store.OpenAsync()).DisposeAsync();
        await using var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var command = Explained(connection, name);
        foreach (var parameter in command.CommandText.Split([' ', ',', ')', '(', '\n']).Where(word => word.StartsWith('@')).Distinct())
        {
            command.Set(parameter[1..], 1);
        }

        var plan = Plan(command);
        plan[0].ShouldBe(first);
        plan.ShouldNotContain(
            line => line.StartsWith("SCAN ", StringComparison.Ordinal) || line.Contains("TEMP B-TREE", StringComparison.Ordinal),
            string.Join('\n', plan)
        );
    }

    private static SqliteCommand Explained(SqliteConnection connection, string name)
    {
#pragma warning disable CA2100 // The text is an embedded file of the assembly under test.
        return new SqliteCommand("EXPLAIN QUERY PLAN " + SqliteStatements.Files[name], connection);
#pragma warning restore CA2100
    }

    private static List<string> Plan(SqliteCommand command)
    {
        using (command)
        using (var rows = command.ExecuteReader())
        {
            List<string> plan = [];
            while (rows.Read())
            {
                plan.Add(rows.GetString(3));
            }

            return plan;
        }
    }
}
