using Microsoft.Data.Sqlite;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>A file that somebody edited or the disk damaged: what is read is what was written, or an error says that it is not.</summary>
public sealed class DamageTests : IAsyncDisposable
{
    private static readonly SessionId Session = Story.Session("s");
    private readonly SealedStore<SqliteStore> store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData("DELETE FROM record WHERE version = 2", 2)]
    [InlineData("UPDATE record SET payload = substr(payload, 1, 10) WHERE version = 3", 3)]
    [InlineData("UPDATE record SET payload = zeroblob(0) WHERE version = 3", 3)]
    [InlineData("UPDATE record SET kind = 'answered' WHERE version = 1", 1)]
    [InlineData("UPDATE record SET schema = 2 WHERE version = 1", 1)]
    [InlineData("UPDATE record SET at_us = at_us + 1 WHERE version = 4", 4)]
    [InlineData("UPDATE record SET schema = 5000000000 WHERE version = 4", 4)]
    [InlineData("UPDATE record SET at_us = 9000000000000000000 WHERE version = 4", 4)]
    [InlineData(
        "UPDATE record SET payload = (SELECT payload FROM record r WHERE r.session_key = record.session_key AND r.version = 1) WHERE version = 2",
        2
    )]
    [InlineData(
        "UPDATE record SET payload = (SELECT payload FROM record r WHERE r.session_key <> record.session_key AND r.version = 2) WHERE version = 2",
        2
    )]
    public async Task A_row_that_was_edited_or_is_gone_is_named(string damage, long version)
    {
        await WriteAsync();
        await RunAsync(damage);
        await using var journal = await store.OpenAsync();
        var exception = await Should.ThrowAsync<JournalTamperedException>(() => journal.ReadAsync(Session, 0, 9));
        (exception.Session, exception.Version).ShouldBe((Session, version));
        if (version > 1)
        {
            (await journal.ReadAsync(Session, 0, (int)version - 1)).Count.ShouldBe((int)version - 1);
        }
    }

    [Theory]
    [InlineData("UPDATE dump SET content = zeroblob(3)")]
    [InlineData("UPDATE dump SET version = 1")]
    [InlineData("UPDATE dump SET runtime = 'monty 9'")]
    [InlineData("UPDATE dump SET content = (SELECT content FROM dump d WHERE d.session_key <> dump.session_key)")]
    public async Task A_dump_that_was_edited_is_left_out(string damage)
    {
        await WriteAsync();
        await RunAsync(damage);
        await using var journal = await store.OpenAsync();
        var head = await journal.FindAsync(Session);
        head!.Dump.ShouldBeNull();
        head.DumpProblem.ShouldNotBeNull();
        (await journal.ReadAsync(Session, 0, 9)).Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("UPDATE session SET labels = 'no list'")]
    [InlineData("UPDATE session SET changed_us = 9000000000000000000")]
    [InlineData("UPDATE session SET status = 70000")]
    public async Task A_session_row_that_cannot_be_read_is_named(string damage)
    {
        await WriteAsync();
        await RunAsync("DROP TRIGGER session_labelled");
        await RunAsync(damage);
        await using var journal = await store.OpenAsync();
        (await Should.ThrowAsync<JournalTamperedException>(() => journal.FindAsync(Session))).Session.ShouldBe(Session);
        await Should.ThrowAsync<JournalException>(() => journal.ListAsync(new SessionQuery("acme")));
        await Should.ThrowAsync<JournalException>(() => journal.ClaimAsync(Session, 9));
    }

    [Fact]
    public async Task Whatever_byte_of_the_file_is_flipped_what_is_read_is_what_was_written_or_an_error()
    {
        await WriteAsync();
        var path = store.Inner.Path;
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var random = new Random(11);
        var (errors, intact) = (0, 0);
        for (var round = 0; round < 250; round++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (round % 10 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            foreach (var beside in (string[])["-wal", "-shm"])
            {
                File.Delete(path + beside);
            }

            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);
            try
            {
                await using var journal = await store.OpenAsync();
                var head = await journal.FindAsync(Session);
                var records = await journal.ReadAsync(Session, 0, 9);
                records.Select(r => r.Text()).ShouldBe(Enumerable.Range(1, records.Count).Select(i => $"record {i} of s"));
                if (head?.Dump is { } dump)
                {
                    dump.Content.ToArray().ShouldBe("the state of s"u8.ToArray());
                }

                intact++;
            }
            catch (JournalException)
            {
                errors++;
            }
        }

        errors.ShouldBeGreaterThan(10);
        intact.ShouldBeGreaterThan(10);
    }

    private async Task WriteAsync()
    {
        await using var journal = await store.OpenAsync();
        foreach (var name in (string[])["s", "t"])
        {
            await journal.AppendAsync(
                Story.Append(
                    Story.Session(name),
                    0,
                    [.. Enumerable.Range(1, 4).Select(i => $"record {i} of {name}")],
                    summary: Story.Summary(labels: ["red"]),
                    dump: Story.Dump(4, $"the state of {name}")
                )
            );
        }
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={store.Inner.Path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
