using Microsoft.Data.Sqlite;
using Monty.Testing;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_cannot_be_a_journal_is_refused_with_the_way_out()
    {
        await RefusedAsync(folder.File("missing/journal.db"), "The folder of the journal's database does not exist. Create it");
        await RefusedAsync(folder.Path, "SqliteJournalOptions.Path is a file");
        await RefusedAsync(folder.Write("text.db", new string('x', 5000)), "not a SQLite database");
        await Should.ThrowAsync<ArgumentException>(() => SqliteJournal.OpenAsync(" "));
        await Should.ThrowAsync<ArgumentException>(() =>
            SqliteJournal.OpenAsync(new SqliteJournalOptions { Path = folder.File("a"), MaxReaders = 0 })
        );
        await Should.ThrowAsync<ArgumentException>(() =>
            SqliteJournal.OpenAsync(new SqliteJournalOptions { Path = folder.File("a"), MaxQueuedWrites = 0 })
        );
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["text.db"]);

        static async Task RefusedAsync(string path, string why)
        {
            var exception = await Should.ThrowAsync<JournalException>(() => SqliteJournal.OpenAsync(path));
            exception.Message.ShouldContain(why);
            exception.Message.ShouldNotContain(Path.GetDirectoryName(path)!);
        }
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused_by_their_number()
    {
        var path = folder.File("journal.db");
        await (await SqliteJournal.OpenAsync(path)).DisposeAsync();
        await RunAsync(path, "INSERT INTO schema_version (version) VALUES (99)");
        (await Should.ThrowAsync<JournalException>(() => SqliteJournal.OpenAsync(path))).Message.ShouldContain(
            "schema 99, and this version of Monty.Actors.Sqlite knows schemas up to 1"
        );
    }

    [Fact]
    public async Task Commits_are_on_the_disk_when_they_return()
    {
        using var statements = SqliteStatements.Open(new SqliteJournalOptions { Path = folder.File("journal.db") }, writes: true);
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
    public async Task The_lock_of_a_dead_engine_is_no_obstacle_and_the_file_stays()
    {
        var path = folder.File("journal.db");
        await File.WriteAllTextAsync(path + ".lock", "left by a process that was killed", TestContext.Current.CancellationToken);
        await using var journal = await SqliteJournal.OpenAsync(path);
        await (await journal.OwnAsync("one")).DisposeAsync();
        File.Exists(path + ".lock").ShouldBeTrue();
        await using var again = await journal.OwnAsync("two");
        (await Should.ThrowAsync<JournalOwnedException>(() => journal.OwnAsync("three"))).Holder.ShouldBe("two");
    }

    /// <summary>Every later version must open what version 0.1 wrote. Made by <c>MONTY_WRITE_JOURNAL=1</c> and this test; never made anew for the same version.</summary>
    [Fact]
    public async Task A_journal_that_schema_1_wrote_is_opened_and_read()
    {
        const string Golden = "journals/0.1/schema-1.db";
        if (Environment.GetEnvironmentVariable("MONTY_WRITE_JOURNAL") == "1")
        {
            await WriteGoldenAsync(Golden);
        }

        var path = folder.File("journal.db");
        File.Copy(Path.Combine(AppContext.BaseDirectory, Golden), path);

        await using var journal = await SqliteJournal.OpenAsync(path);
        var head = ((ClaimResult.Claimed)await journal.ClaimAsync(new SessionId("acme", "golden"), 7)).Head;
        (head.Version, head.Epoch, head.Dump!.Version, head.Dump.Runtime).ShouldBe((3, 7, 2, "monty 0.0.23"));
        head.Summary.ShouldBe(
            Story.Summary(SessionStatus.Waiting, Story.Start.AddHours(1), isActive: true, Story.Start.AddDays(1), ["größer"], ["red", "𝒜"])
        );
        head.Dump.Content.ToArray().ShouldBe("state"u8.ToArray());
        var records = await journal.ReadAsync(head.Session, 0, 9);
        records
            .Select(r => (r.Version, r.Kind, r.Schema, r.At, r.Text()))
            .ShouldBe([(1, "fed", 1, Story.Start, "one"), (2, "fed", 1, Story.Start, "two"), (3, "fed", 1, Story.Start, "three")]);
        (await journal.ListAsync(new SessionQuery("acme") { Label = "𝒜", WaitingOn = "größer" })).Count.ShouldBe(1);
        (await journal.NextEpochAsync()).ShouldBe(3);
        (await journal.AppendAsync(Story.Append(head.Session, 3, ["four"], epoch: 7))).ShouldBe(AppendResult.Appended);
    }

    private static async Task RunAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private async Task WriteGoldenAsync(string golden)
    {
        var made = folder.File("golden.db");
        await using (var journal = await SqliteJournal.OpenAsync(made))
        {
            await (await journal.OwnAsync("the maker of the golden file")).DisposeAsync();
            await journal.NextEpochAsync();
            var summary = Story.Summary(
                SessionStatus.Waiting,
                Story.Start.AddHours(1),
                isActive: true,
                Story.Start.AddDays(1),
                ["größer"],
                ["red", "𝒜"]
            );
            await journal.AppendAsync(Story.Append(new SessionId("acme", "golden"), 0, ["one", "two"], 1, summary, Story.Dump(2)));
            await journal.AppendAsync(Story.Append(new SessionId("acme", "golden"), 2, ["three"], 1, summary));
        }

        await RunAsync(made, "VACUUM");
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
