using Monty.Testing.Stores;
using Npgsql;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

public sealed class OpeningTests : IAsyncDisposable
{
    private readonly PostgreSqlTestStore place = new();

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task Invalid_options_are_refused_with_the_fix()
    {
        await RefusedAsync("Database=nowhere", "the database does not exist");
        await RefusedAsync("Username=nobody", "refuses the user");
        await RefusedAsync("Port=1;Timeout=5", "cannot be reached");
        foreach (var schema in (string[])["", "Public", "1st", "a-b", "a\"; DROP TABLE x; --", new('a', 64)])
        {
            await Should.ThrowAsync<ArgumentException>(() => PostgreSqlStore.OpenAsync(place.Options with { Schema = schema }));
        }

        await Should.ThrowAsync<ArgumentException>(() => PostgreSqlStore.OpenAsync(place.Options with { KeepAlive = TimeSpan.Zero }));
        await Should.ThrowAsync<ArgumentException>(() => PostgreSqlStore.OpenAsync(place.Options with { MaxChangeBytes = 0 }));

        async Task RefusedAsync(string change, string why) =>
            (
                await Should.ThrowAsync<SessionStoreException>(() =>
                    PostgreSqlStore.OpenAsync(place.Options with { ConnectionString = $"{place.Options.ConnectionString};{change}" })
                )
            ).Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_wrong_password_is_reported_and_not_shown()
    {
        await using var server = await PostgreSqlServer.StartNewAsync();
        await Sql.ScalarAsync(server, "CREATE ROLE clerk LOGIN PASSWORD 'right-one'");
        await server.AskForPasswordsAsync();

        var refused = await Should.ThrowAsync<SessionStoreException>(() =>
            PostgreSqlStore.OpenAsync(
                new PostgreSqlStoreOptions { ConnectionString = $"{server.ConnectionString};Username=clerk;Password=wrong-one" }
            )
        );

        refused.Message.ShouldBe("Opening the store failed: the server refuses the user or the password.");
        refused.ToString().ShouldNotContain("wrong-one");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("Host=h;Password=hu;sh=1")]
    [InlineData("Host=h;Port=hush")]
    [InlineData("hush")]
    public async Task An_invalid_connection_string_is_refused_without_being_shown(string connectionString)
    {
        var refused = await Should.ThrowAsync<ArgumentException>(() =>
            PostgreSqlStore.OpenAsync(place.Options with { ConnectionString = connectionString })
        );
        refused.Message.ShouldContain("PostgreSqlStoreOptions.ConnectionString is missing or invalid");
        refused.ToString().ShouldNotContain("sh=");
        refused.ToString().ShouldNotContain("hush");
    }

    [Fact]
    public void Options_do_not_show_a_password() =>
        (place.Options with { ConnectionString = "Host=h;Password=hush" })
            .ToString()
            .ShouldBe($"PostgreSqlStoreOptions {{ Schema = {place.Options.Schema} }}");

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused_with_their_number()
    {
        await (await place.OpenAsync()).DisposeAsync();
        await Sql.RunAsync(place, "INSERT INTO schema_version (version) VALUES (99)");
        (await Should.ThrowAsync<SessionStoreException>(() => place.OpenAsync())).Message.ShouldContain(
            "schema 99, and this version of Monty.Actors.PostgreSql knows schemas up to 1"
        );
    }

    [Fact]
    public async Task Many_processes_may_open_a_new_store_at_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => place.OpenAsync()));
        foreach (var store in opened)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_store_of_a_cluster_is_refused_with_the_name_of_the_cluster()
    {
        await using var store = await place.OpenAsync();
        await Sql.RunAsync(place, "UPDATE store SET cluster = 'prod'");

        var refused = await Should.ThrowAsync<SessionStoreException>(() =>
            store.OwnAsync("an engine", TestContext.Current.CancellationToken)
        );

        refused.Message.ShouldContain("it belongs to the cluster 'prod'");
        (await Sql.ScalarAsync($"SELECT epoch FROM {place.Options.Schema}.shard_claim")).ShouldBe(0L);
    }

    [Fact]
    public async Task The_tables_are_those_of_Akka_Persistence_Sql()
    {
        await (await place.OpenAsync()).DisposeAsync();
        (await ColumnsAsync("journal")).ShouldBe(
            "created bigint not null, deleted boolean not null, identifier integer, manifest varchar(500), message bytea not null, "
                + "ordering bigint not null, persistence_id varchar(255) not null, sequence_number bigint not null, tags varchar(100), writer_uuid varchar(128)"
        );
        (await ColumnsAsync("snapshot")).ShouldBe(
            "created bigint not null, manifest varchar(500), persistence_id varchar(255) not null, sequence_number bigint not null, serializer_id integer, snapshot bytea not null"
        );
        (
            await Sql.ScalarAsync(
                $"SELECT string_agg(indexdef, '; ' ORDER BY indexname) FROM pg_indexes WHERE schemaname = '{place.Options.Schema}' AND tablename IN ('journal', 'snapshot')"
            )
        )
            .ShouldBeOfType<string>()
            .Replace(place.Options.Schema + ".", "", StringComparison.Ordinal)
            .ShouldBe(
                "CREATE UNIQUE INDEX journal_pkey ON journal USING btree (ordering); "
                    + "CREATE UNIQUE INDEX journal_uq ON journal USING btree (persistence_id, sequence_number); "
                    + "CREATE UNIQUE INDEX snapshot_pkey ON snapshot USING btree (persistence_id, sequence_number)"
            );

        async Task<string> ColumnsAsync(string table) =>
            (string)
                (
                    await Sql.ScalarAsync(
                        $"""
                        SELECT string_agg(column_name || ' ' || CASE data_type WHEN 'character varying' THEN 'varchar(' || character_maximum_length || ')' ELSE data_type END
                            || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END, ', ' ORDER BY column_name)
                        FROM information_schema.columns WHERE table_schema = '{place.Options.Schema}' AND table_name = '{table}'
                        """
                    )
                )!;
    }

    [Fact]
    public async Task A_commit_is_durable_even_if_the_server_is_configured_otherwise()
    {
        var options = place.Options with { ConnectionString = place.Options.ConnectionString + ";Options=-c synchronous_commit=off" };
        await using var store = await PostgreSqlStore.OpenAsync(options);
        store.WriteOne(Changes.Change(Changes.Session("s"), 1));
        await using var connections = new PostgreSqlConnections(options);
        await using var connection = PostgreSqlWriter.MakeDurable(connections.OpenSingle());
        (await ShowAsync(connection, "synchronous_commit")).ShouldBe("on");
    }

    [Fact]
    public async Task The_server_probes_silent_machines_and_cancels_slow_statements_unless_configured_otherwise()
    {
        (await ShowAsync("tcp_keepalives_idle", "")).ShouldBe("20");
        (await ShowAsync("tcp_keepalives_interval", "")).ShouldBe("20");
        (await ShowAsync("tcp_keepalives_count", "")).ShouldBe("3");
        (await ShowAsync("statement_timeout", "")).ShouldBe("30s");
        (await ShowAsync("lock_timeout", "")).ShouldBe("10s");
        (await ShowAsync("idle_in_transaction_session_timeout", "")).ShouldBe("30s");
        (await ShowAsync("tcp_keepalives_idle", ";Options=-c tcp_keepalives_idle=7")).ShouldBe("7");
        (await ShowAsync("lock_timeout", ";Options=-c lock_timeout=1s")).ShouldBe("1s");

        async Task<object?> ShowAsync(string setting, string more)
        {
            await using var connections = new PostgreSqlConnections(
                place.Options with
                {
                    ConnectionString = place.Options.ConnectionString + more,
                    KeepAlive = TimeSpan.FromSeconds(20),
                }
            );
            await using var connection = connections.OpenSingle();
            return await OpeningTests.ShowAsync(connection, setting);
        }
    }

    [Fact]
    public async Task A_commit_that_waits_too_long_for_a_lock_fails_with_that_reason_and_the_next_one_succeeds()
    {
        await using var store = await PostgreSqlStore.OpenAsync(
            place.Options with
            {
                ConnectionString = place.Options.ConnectionString + ";Options=-c lock_timeout=50ms",
            }
        );
        var change = Changes.Change(Changes.Session("s"), 1);
        await using (var connection = new NpgsqlConnection(place.Options.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // The text contains only the name of this test's schema.
            await using var block = new NpgsqlCommand($"LOCK TABLE {place.Options.Schema}.session", connection, transaction);
#pragma warning restore CA2100
            await block.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            Should.Throw<SessionStoreException>(() => store.WriteOne(change)).Message.ShouldContain("longer than its lock_timeout");
        }

        store.WriteOne(change).ShouldBe(WriteOutcome.Stored);
    }

    [Fact]
    public async Task A_read_only_server_is_refused_with_that_reason()
    {
        await (await place.OpenAsync()).DisposeAsync();
        var readOnly = place.Options with
        {
            ConnectionString = place.Options.ConnectionString + ";Options=-c default_transaction_read_only=on",
        };
        (await Should.ThrowAsync<SessionStoreException>(() => PostgreSqlStore.OpenAsync(readOnly))).Message.ShouldContain("read-only");
    }

    [Fact]
    public async Task A_connection_that_an_administrator_ends_is_replaced_without_a_failed_write()
    {
        await using var store = await PostgreSqlStore.OpenAsync(
            place.Options with
            {
                ConnectionString = place.Options.ConnectionString + ";Application Name=victim",
            }
        );
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            store.WriteOne(Changes.Change(Changes.Session("s"), sequence)).ShouldBe(WriteOutcome.Stored);
            await Sql.RunAsync("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'victim'");
        }
    }

    private static async Task<object?> ShowAsync(NpgsqlConnection connection, string setting)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", connection)
        {
            Parameters = { new() { Value = setting } },
        };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
