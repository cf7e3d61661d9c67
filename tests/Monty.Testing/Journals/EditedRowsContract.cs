using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Rows that were edited in the database affect only their own session.</summary>
public abstract class EditedRowsContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs SQL on the store's tables.</summary>
    protected abstract Task EditAsync(string sql);

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync().ConfigureAwait(false);
        foreach (var name in (string[])["a", "bad", "c"])
        {
            await Journal
                .AppendAsync(
                    Story.Append(
                        Story.Session(name),
                        0,
                        ["the first record"],
                        summary: Story.Summary() with
                        {
                            IsActive = true,
                            DueAt = Story.Start,
                        },
                        dump: Story.Dump(1, "the dump")
                    ),
                    Cancellation
                )
                .ConfigureAwait(false);
        }
    }

    [Fact]
    public async Task A_write_that_the_database_refuses_does_not_fail_other_writes_of_the_same_commit()
    {
        await EditAsync("UPDATE session SET version = 0 WHERE name = 'bad'").ConfigureAwait(false);

        var appends = await WriteInOneCommitAsync(
                (journal, session) => journal.AppendAsync(Story.Append(session, session.Name == "bad" ? 0 : 1, ["more"]), Cancellation)
            )
            .ConfigureAwait(false);

        (await appends[0].InTime().ConfigureAwait(false), await appends[2].InTime().ConfigureAwait(false)).ShouldBe(
            (AppendResult.Appended, AppendResult.Appended)
        );
        await Should.ThrowAsync<JournalException>(() => appends[1].InTime()).ConfigureAwait(false);
        (await ReadAllAsync(Journal, Story.Session("c")).ConfigureAwait(false)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_only_its_own_claim()
    {
        await EditAsync("UPDATE session SET created_us = 1000000000000000000 WHERE name = 'bad'").ConfigureAwait(false);

        var claims = await WriteInOneCommitAsync((journal, session) => journal.ClaimAsync(session, 5, Cancellation)).ConfigureAwait(false);

        foreach (var claim in (Task<ClaimResult>[])[claims[0], claims[2]])
        {
            (await claim.InTime().ConfigureAwait(false)).ShouldBeOfType<ClaimResult.Claimed>();
        }

        (await Should.ThrowAsync<JournalTamperedException>(() => claims[1].InTime()).ConfigureAwait(false)).Session.ShouldBe(
            Story.Session("bad")
        );
    }

    [Theory]
    [InlineData("UPDATE session SET tenant = 'a b', due_us = 0 WHERE name = 'bad'")]
    [InlineData("UPDATE session SET name = '/', due_us = -1000000000000000000 WHERE name = 'bad'")]
    public async Task A_row_with_an_invalid_session_id_is_skipped_in_listings(string sql)
    {
        await EditAsync(sql).ConfigureAwait(false);

        var first = (await Journal.ListActiveAsync(null, 1, Cancellation).ConfigureAwait(false)).ShouldHaveSingleItem();
        var next = (await Journal.ListActiveAsync(first, 1, Cancellation).ConfigureAwait(false)).ShouldHaveSingleItem();
        (first, next).ShouldBe((Story.Session("a"), Story.Session("c")));
        (await Journal.ListActiveAsync(next, 1, Cancellation).ConfigureAwait(false)).ShouldBeEmpty();
        (await Journal.ListDueAsync(Story.Start, null, 1, Cancellation).ConfigureAwait(false)).ShouldBe([
            new DueSession(Story.Session("a"), Story.Start),
        ]);
        (await Journal.ListDueAsync(Story.Start, null, 9, Cancellation).ConfigureAwait(false))
            .Select(d => d.Session.Name)
            .ShouldBe(["a", "c"]);
        (await Journal.FindNextDueAsync(Cancellation).ConfigureAwait(false)).ShouldBe(Story.Start);
    }

    [Fact]
    public async Task A_row_with_an_invalid_due_time_is_skipped_in_listings()
    {
        await EditAsync("UPDATE session SET due_us = -1000000000000000000").ConfigureAwait(false);

        (await Journal.ListDueAsync(DateTimeOffset.MaxValue, null, 1, Cancellation).ConfigureAwait(false)).ShouldBeEmpty();
        (await Journal.FindNextDueAsync(Cancellation).ConfigureAwait(false)).ShouldBeNull();
    }

    [Fact]
    public async Task Stored_data_that_is_larger_than_the_options_allow_is_not_read()
    {
        var journal = await OpenAsync(new JournalOptions { MaxRecordBytes = 10, MaxDumpBytes = 5 }).ConfigureAwait(false);

        (
            await Should
                .ThrowAsync<JournalTamperedException>(() => journal.ReadAsync(Story.Session("a"), 0, 9, Cancellation))
                .ConfigureAwait(false)
        ).Message.ShouldContain("larger than MaxRecordBytes");
        (await journal.FindAsync(Story.Session("a"), Cancellation).ConfigureAwait(false)).ShouldNotBeNull().Dump.ShouldBeNull();
        (await journal.ClaimAsync(Story.Session("a"), 5, Cancellation).ConfigureAwait(false))
            .ShouldBeOfType<ClaimResult.Claimed>()
            .Head.Dump.ShouldBeNull();
        (await Journal.FindAsync(Story.Session("a"), Cancellation).ConfigureAwait(false)).ShouldNotBeNull().Dump.ShouldNotBeNull();
    }

    private async Task<Task<T>[]> WriteInOneCommitAsync<T>(Func<IJournal, SessionId, Task<T>> write)
    {
        var time = new FakeTime();
        var journal = await OpenAsync(new JournalOptions { CommitDelay = Delay, TimeProvider = time }).ConfigureAwait(false);
        var armed = time.WhenArmed(Delay);
        string[] names = ["a", "bad", "c"];
        var writes = names.Select(name => write(journal, Story.Session(name))).ToArray();
        await armed.InTime().ConfigureAwait(false);
        time.Advance(Delay);
        return writes;
    }
}
