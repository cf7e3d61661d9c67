using Monty.Testing.Journals;
using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

public sealed class OpeningTests : IAsyncDisposable
{
    private readonly PostgreSqlStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task What_cannot_be_a_journal_is_refused_with_the_way_out()
    {
        await RefusedAsync("Database=nowhere", "the database does not exist");
        await RefusedAsync("Username=nobody", "refuses the user");
        await RefusedAsync("Port=1;Timeout=5", "cannot be reached");
        foreach (var schema in (string[])["", "Public", "1st", "a-b", "a\"; DROP TABLE x; --", new('a', 64)])
        {
            await Should.ThrowAsync<ArgumentException>(() => PostgreSqlJournal.OpenAsync(store.Options with { Schema = schema }));
        }

        await Should.ThrowAsync<ArgumentException>(() => PostgreSqlJournal.OpenAsync(store.Options with { KeepAlive = TimeSpan.Zero }));
        await Should.ThrowAsync<ArgumentException>(() => PostgreSqlJournal.OpenAsync(" "));

        async Task RefusedAsync(string change, string why) =>
            (
                await Should.ThrowAsync<JournalException>(() =>
                    PostgreSqlJournal.OpenAsync(store.Options with { ConnectionString = $"{store.Options.ConnectionString};{change}" })
                )
            ).Message.ShouldContain(why);
    }

    [Fact]
    public async Task Options_do_not_show_a_password() =>
        (store.Options with { ConnectionString = "Host=h;Password=hush" })
            .ToString()
            .ShouldBe($"PostgreSqlJournalOptions {{ Schema = {store.Options.Schema} }}");

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused_by_their_number()
    {
        await (await store.OpenAsync()).DisposeAsync();
        await RunAsync($"INSERT INTO {store.Options.Schema}.schema_version (version) VALUES (99)");
        (await Should.ThrowAsync<JournalException>(() => store.OpenAsync())).Message.ShouldContain(
            "schema 99, and this version of Monty.Actors.PostgreSql knows schemas up to 1"
        );
    }

    [Fact]
    public async Task Many_processes_may_open_a_new_journal_at_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.OpenAsync()));
        foreach (var journal in opened)
        {
            await journal.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_commit_is_durable_also_where_the_server_is_set_to_be_lax()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(
            store.Options with
            {
                ConnectionString = store.Options.ConnectionString + ";Options=-c synchronous_commit=off",
            }
        );
        await journal.AppendAsync(Story.Append(Story.Session("s"), 0, ["a"]));
        await using var connections = new PostgreSqlConnections(
            store.Options with
            {
                ConnectionString = store.Options.ConnectionString + ";Options=-c synchronous_commit=off",
            }
        );
        await using var connection = PostgreSqlWriter.MakeDurable(connections.OpenSingle());
        await using var command = new NpgsqlCommand("SHOW synchronous_commit", connection);
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("on");
    }

    [Fact]
    public async Task The_server_asks_for_a_machine_that_says_nothing_unless_it_is_told_otherwise()
    {
        (await ShowAsync("tcp_keepalives_idle", "")).ShouldBe("20");
        (await ShowAsync("tcp_keepalives_interval", "")).ShouldBe("20");
        (await ShowAsync("tcp_keepalives_count", "")).ShouldBe("3");
        (await ShowAsync("tcp_keepalives_idle", ";Options=-c tcp_keepalives_idle=7")).ShouldBe("7");

        async Task<object?> ShowAsync(string setting, string more)
        {
            await using var connections = new PostgreSqlConnections(
                store.Options with
                {
                    ConnectionString = store.Options.ConnectionString + more,
                    KeepAlive = TimeSpan.FromSeconds(20),
                }
            );
            await using var connection = connections.OpenSingle();
            await using var command = new NpgsqlCommand("SELECT current_setting($1)", connection)
            {
                Parameters = { new() { Value = setting } },
            };
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_read_only_server_is_refused_by_that_name()
    {
        await (await store.OpenAsync()).DisposeAsync();
        var readOnly = store.Options with
        {
            ConnectionString = store.Options.ConnectionString + ";Options=-c default_transaction_read_only=on",
        };
        (await Should.ThrowAsync<JournalException>(() => PostgreSqlJournal.OpenAsync(readOnly))).Message.ShouldContain("read-only");
    }

    [Fact]
    public async Task A_connection_that_an_administrator_ends_is_replaced()
    {
        await using var journal = await PostgreSqlJournal.OpenAsync(
            store.Options with
            {
                ConnectionString = store.Options.ConnectionString + ";Application Name=victim",
            }
        );
        await journal.AppendAsync(Story.Append(Story.Session("s"), 0, ["a"]));
        await RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'");
        var version = 1L;
        try
        {
            (await journal.AppendAsync(Story.Append(Story.Session("s"), 1, ["b"]))).ShouldBe(AppendResult.Appended);
            version = 2;
        }
        catch (JournalException)
        {
            version = (await journal.FindAsync(Story.Session("s")))!.Version;
        }

        (await journal.AppendAsync(Story.Append(Story.Session("s"), version, ["c"]))).ShouldBe(AppendResult.Appended);
    }

    private static async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(PostgreSqlStore.Server!.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Constants of this file.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
