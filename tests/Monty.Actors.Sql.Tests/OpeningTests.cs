using Monty.Actors.Persistence.Sql;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sql.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Invalid_options_are_refused_and_the_connection_string_is_not_shown()
    {
        var valid = new SqlSessionStoreOptions
        {
            Database = SqlDatabase.Sqlite,
            ConnectionString = $"Data Source={folder.File("a.db")};Password=secret",
        };
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { ConnectionString = " " }));
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { ConnectionString = "secret" }));
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { ConnectionString = "Mode=Memory" }));
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { Database = (SqlDatabase)9 }));
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { Schema = "a; b" }));
        await Should.ThrowAsync<ArgumentException>(() => SqlSessionStore.OpenAsync(valid with { MaxChangeBytes = 0 }));
        valid.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_an_error_of_the_store()
    {
        var missing = new SqlSessionStoreOptions
        {
            Database = SqlDatabase.Sqlite,
            ConnectionString = $"Data Source={folder.File("no/a.db")}",
        };
        (await Should.ThrowAsync<SessionStoreException>(() => SqlSessionStore.OpenAsync(missing))).Message.ShouldStartWith(
            "Opening the store failed: "
        );
    }

    [Fact]
    public async Task A_driver_that_the_program_does_not_reference_is_an_error_of_the_store()
    {
        var noDriver = new SqlSessionStoreOptions { Database = SqlDatabase.MySql, ConnectionString = "Server=127.0.0.1;Database=monty" };
        await Should.ThrowAsync<SessionStoreException>(() => SqlSessionStore.OpenAsync(noDriver));
    }

    [Fact]
    public async Task Commits_to_SQLite_are_on_the_disk_when_they_return()
    {
        var path = folder.File("sessions.db");
        var options = new SqlSessionStoreOptions { Database = SqlDatabase.Sqlite, ConnectionString = $"Data Source={path}" };
        await using var store = await SqlSessionStore.OpenAsync(options);

        (await TestSql.RunOnSqliteAsync(path, "PRAGMA journal_mode")).ShouldBe("wal");
        (await TestSql.RunOnSqliteAsync(path, "PRAGMA synchronous")).ShouldBe(2L); // FULL is the default of the driver's SQLite, also for the plug-ins
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused_with_their_number()
    {
        var path = folder.File("sessions.db");
        var options = new SqlSessionStoreOptions { Database = SqlDatabase.Sqlite, ConnectionString = $"Data Source={path}" };
        await (await SqlSessionStore.OpenAsync(options)).DisposeAsync();
        await TestSql.RunOnSqliteAsync(path, "INSERT INTO sql_schema_version (version) VALUES (99)");
        (await Should.ThrowAsync<SessionStoreException>(() => SqlSessionStore.OpenAsync(options))).Message.ShouldContain("schema 99");
    }

    [Theory]
    [InlineData(SqlDatabase.Sqlite)]
    [InlineData(SqlDatabase.PostgreSql)]
    [InlineData(SqlDatabase.SqlServer)]
    [InlineData(SqlDatabase.MySql)]
    public void Every_type_in_the_migrations_is_mapped_on_every_database(SqlDatabase database)
    {
        var dialect = SqlDialect.For(new SqlSessionStoreOptions { Database = database, ConnectionString = "x" });
        string[] folders = ["Index/", "Server/"];
        foreach (var migration in folders.SelectMany(f => new SqlFiles(typeof(SqlSessionStore).Assembly, f).Migrations))
        {
            SqlSchema.Fill(migration.Sql.Replace("types in braces", "", StringComparison.Ordinal), dialect).ShouldNotContain("{");
        }

        new SqlFiles(typeof(SqlSessionStore).Assembly, dialect.Folder).Migrations.ShouldNotBeEmpty();
    }
}
