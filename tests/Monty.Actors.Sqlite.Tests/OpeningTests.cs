using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_invalid_path_is_refused_with_the_fix()
    {
        await RefusedAsync(folder.File("missing/sessions.db"), "the folder of its database does not exist. Create the folder");
        await RefusedAsync(folder.Path, "Use a file in an existing folder");
        await RefusedAsync(folder.Write("text.db", new string('x', 5000)), "not a SQLite database");
        await Should.ThrowAsync<ArgumentException>(() => SqliteStore.OpenAsync(" "));
        await Should.ThrowAsync<ArgumentException>(() =>
            SqliteStore.OpenAsync(folder.File("a"), new SqliteStoreOptions { MaxReaders = 0 })
        );
        await Should.ThrowAsync<ArgumentException>(() =>
            SqliteStore.OpenAsync(folder.File("a"), new SqliteStoreOptions { MaxChangeBytes = 0 })
        );
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["text.db"]);

        static async Task RefusedAsync(string path, string why)
        {
            var exception = await Should.ThrowAsync<SessionStoreException>(() => SqliteStore.OpenAsync(path));
            exception.Message.ShouldStartWith("Opening the store failed: ");
            exception.Message.ShouldContain(why);
            exception.Message.ShouldNotContain(Path.GetDirectoryName(path)!);
        }
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused_with_their_number()
    {
        var path = folder.File("sessions.db");
        await (await SqliteStore.OpenAsync(path)).DisposeAsync();
        await Sql.RunAsync(path, "INSERT INTO schema_version (version) VALUES (99)");
        (await Should.ThrowAsync<SessionStoreException>(() => SqliteStore.OpenAsync(path))).Message.ShouldContain(
            "schema 99, and this version of Monty.Actors.Sqlite knows schemas up to 1"
        );
    }

    [Fact]
    public void Commits_are_on_the_disk_when_they_return()
    {
        using var statements = SqliteStatements.Open(folder.File("sessions.db"), writes: true);
        statements.Migrate();
        Pragma("journal_mode").ShouldBe("wal");
        Pragma("synchronous").ShouldBe("2"); // FULL

        string Pragma(string name)
        {
            using var command = statements.CreateCommand($"PRAGMA {name}");
            return $"{command.ExecuteScalar()}";
        }
    }

    [Fact]
    public async Task The_tables_are_those_of_Akka_Persistence_Sql()
    {
        var path = folder.File("sessions.db");
        await (await SqliteStore.OpenAsync(path)).DisposeAsync();
        (await ColumnsAsync("journal")).ShouldBe([
            "created INTEGER not null",
            "deleted INTEGER not null",
            "identifier INTEGER",
            "manifest TEXT",
            "message BLOB not null",
            "ordering INTEGER key 1",
            "persistence_id TEXT not null",
            "sequence_number INTEGER not null",
            "tags TEXT",
            "writer_uuid TEXT",
        ]);
        (await ColumnsAsync("snapshot")).ShouldBe([
            "created INTEGER not null",
            "manifest TEXT",
            "persistence_id TEXT not null key 1",
            "sequence_number INTEGER not null key 2",
            "serializer_id INTEGER",
            "snapshot BLOB not null",
        ]);
        (
            await Sql.ReadAsync(
                path,
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('journal', 'snapshot') ORDER BY name"
            )
        ).ShouldBe(["journal_uq", "sqlite_autoindex_snapshot_1"]);

        Task<IReadOnlyList<string>> ColumnsAsync(string table) =>
            Sql.ReadAsync(
                path,
                $"SELECT name || ' ' || type || iif(\"notnull\", ' not null', '') || iif(pk, ' key ' || pk, '') FROM pragma_table_info('{table}') ORDER BY name"
            );
    }

    /// <summary>
    /// Every later version must open the files of version 0.1. The golden file was created by this test with <c>MONTY_WRITE_STORE=1</c>, and is never created
    /// again after a release.
    /// </summary>
    [Fact]
    public async Task A_store_that_schema_1_wrote_is_opened_and_read()
    {
        const string Golden = "stores/0.1/schema-1.db";
        if (Environment.GetEnvironmentVariable("MONTY_WRITE_STORE") == "1")
        {
            await WriteGoldenAsync(Golden);
        }

        var path = folder.File("sessions.db");
        File.Copy(Path.Combine(AppContext.BaseDirectory, Golden), path);

        await using var store = await SqliteStore.OpenAsync(path);
        var session = new SessionId("acme", "golden");
        (await store.RaiseEpochAsync()).ShouldBe(2);
        var entry = (await store.FindAsync(session, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        entry.ShouldBe(new SessionEntry(session, 2, GoldenSummary));
        var rows = await store.ReadAllAsync(session);
        rows.Select(r => (r.SequenceNumber, r.At, r.SerializerId, r.Manifest, Text: r.Text()))
            .ShouldBe([(1, Changes.Start, 7, "change/1", "one"), (2, Changes.Start, 7, "change/1", "two")]);
        (await store.FindSnapshotAsync(session.Key(), 9, TestContext.Current.CancellationToken)).ShouldNotBeNull().Text().ShouldBe("state");
        (
            await store.ListAsync(new SessionQuery("acme") { Label = "𝒜", WaitingOn = "größer" }, TestContext.Current.CancellationToken)
        ).ShouldHaveSingleItem();
        store.WriteOne(Changes.Change(session, 3, "three", epoch: 2)).ShouldBe(WriteOutcome.Stored);
    }

    private static SessionSummary GoldenSummary =>
        Changes.Summary(
            SessionStatus.Waiting,
            Changes.Start.AddHours(1),
            isActive: true,
            Changes.Start.AddDays(1),
            ["größer"],
            ["red", "𝒜"]
        );

    private async Task WriteGoldenAsync(string golden)
    {
        var made = folder.File("golden.db");
        await using (var store = await SqliteStore.OpenAsync(made))
        {
            var epoch = await store.RaiseEpochAsync("the creator of the golden file");
            var session = new SessionId("acme", "golden");
            store.WriteAll(
                Changes.Change(session, 1, "one", epoch, GoldenSummary),
                Changes.Change(session, 2, "two", epoch, GoldenSummary)
            );
            await store.SaveSnapshotAsync(session.Key(), Changes.Snapshot(2, "state"), TestContext.Current.CancellationToken);
        }

        await Sql.RunAsync(made, "VACUUM");
        foreach (
            var target in (string[])
                [
                    Path.Combine(AppContext.BaseDirectory, golden),
                    Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../tests", golden)),
                ]
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(made, target, overwrite: true);
        }
    }
}
