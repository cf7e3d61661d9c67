using Monty.Actors;
using Monty.Actors.Persistence;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>Rows that were edited in the database cost the session that they stand for, and no other.</summary>
public abstract class EditedRowsContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private const string Bad = "persistence_id LIKE 'acme/bad#%'";
    private static readonly SessionId BadSession = Changes.Session("bad");

    /// <summary>Runs SQL on the store's tables.</summary>
    protected abstract Task EditAsync(string sql);

    /// <summary>An SQL expression for so many bytes of zero.</summary>
    protected abstract string Zeros(int count);

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync().ConfigureAwait(false);
        foreach (var name in (string[])["a", "bad", "c"])
        {
            var session = Changes.Session(name);
            Store.WriteOne(
                Changes.Change(session, 1, "the first change", summary: Changes.Summary() with { IsActive = true, DueAt = Changes.Start })
            );
            await Store.SaveSnapshotAsync(session.Key(), Changes.Snapshot(1, "the snapshot"), Cancellation).ConfigureAwait(false);
        }
    }

    [Theory]
    [InlineData("UPDATE session SET tenant = 'a b', due_us = 0 WHERE name = 'bad'")]
    [InlineData("UPDATE session SET name = '/', due_us = -1000000000000000000 WHERE name = 'bad'")]
    public async Task A_row_that_cannot_be_a_sessions_holds_no_other_up(string sql)
    {
        await EditAsync(sql).ConfigureAwait(false);

        var first = (await Store.ListActiveAsync(null, 1, Cancellation).ConfigureAwait(false)).ShouldHaveSingleItem();
        var next = (await Store.ListActiveAsync(first, 1, Cancellation).ConfigureAwait(false)).ShouldHaveSingleItem();
        (first, next).ShouldBe((Changes.Session("a"), Changes.Session("c")));
        (await Store.ListActiveAsync(next, 1, Cancellation).ConfigureAwait(false)).ShouldBeEmpty();
        (await Store.ListDueAsync(Changes.Start, null, 1, Cancellation).ConfigureAwait(false)).ShouldBe([
            new DueSession(Changes.Session("a"), Changes.Start),
        ]);
        (await Store.ListDueAsync(Changes.Start, null, 9, Cancellation).ConfigureAwait(false))
            .Select(d => d.Session.Name)
            .ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task A_due_time_that_is_none_is_left_out()
    {
        await EditAsync("UPDATE session SET due_us = -1000000000000000000").ConfigureAwait(false);

        (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 1, Cancellation).ConfigureAwait(false)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE session SET created_us = 9000000000000000000 WHERE name = 'bad'")]
    [InlineData("DELETE FROM session_tag; UPDATE session SET waiting_on = '[1]' WHERE name = 'bad'")]
    public async Task A_row_of_the_index_that_cannot_be_read_is_an_error_of_the_store_and_the_next_change_mends_it(string sql)
    {
        await EditAsync(sql).ConfigureAwait(false);

        await Should.ThrowAsync<SessionStoreException>(() => Store.FindAsync(BadSession, Cancellation)).ConfigureAwait(false);
        (await Store.FindAsync(Changes.Session("a"), Cancellation).ConfigureAwait(false)).ShouldNotBeNull();
        (await Store.ReadTextsAsync(BadSession).ConfigureAwait(false)).ShouldBe(["the first change"]);

        Store.WriteOne(Changes.Change(BadSession, 2, "more", summary: Changes.Summary(waitingOn: ["t"]))).ShouldBe(WriteOutcome.Stored);
        (await Store.FindAsync(BadSession, Cancellation).ConfigureAwait(false))
            .ShouldNotBeNull()
            .Summary.ShouldBe(Changes.Summary(waitingOn: ["t"]));
    }

    [Fact]
    public async Task A_row_of_the_index_that_is_gone_is_written_by_the_next_change()
    {
        await EditAsync("UPDATE session SET persistence_id = 'none' WHERE name = 'bad'; DELETE FROM session WHERE name = 'bad'")
            .ConfigureAwait(false);
        (await Store.FindAsync(BadSession, Cancellation).ConfigureAwait(false)).ShouldBeNull();

        Store.WriteOne(Changes.Change(BadSession, 2, "more", summary: Changes.Summary(labels: ["l"]))).ShouldBe(WriteOutcome.Stored);

        (await Store.FindAsync(BadSession, Cancellation).ConfigureAwait(false)).ShouldBe(
            new SessionEntry(BadSession, 2, Changes.Summary(labels: ["l"]))
        );
        (await Store.ListAsync(new SessionQuery("acme") { Label = "l" }, Cancellation).ConfigureAwait(false)).ShouldHaveSingleItem();
    }

    /// <summary>A history is judged by its reader, which knows what was written: the store reads whatever the columns can hold.</summary>
    [Theory]
    [InlineData($"UPDATE journal SET created = -1 WHERE {Bad}")]
    [InlineData($"UPDATE journal SET created = 9000000000000000000 WHERE {Bad}")]
    [InlineData($"UPDATE journal SET identifier = NULL, manifest = NULL, writer_uuid = NULL WHERE {Bad}")]
    [InlineData($"UPDATE journal SET tags = ';tag;' WHERE {Bad}")]
    public async Task A_change_whose_other_columns_were_edited_is_read_with_its_bytes(string sql)
    {
        await EditAsync(sql).ConfigureAwait(false);

        var row = (await Store.ReadAllAsync(BadSession).ConfigureAwait(false)).ShouldHaveSingleItem();
        (row.SequenceNumber, row.Text()).ShouldBe((1, "the first change"));
    }

    [Fact]
    public async Task A_change_that_another_plug_in_marked_as_deleted_is_not_read_and_its_sequence_number_stays_taken()
    {
        await EditAsync($"UPDATE journal SET deleted = true WHERE {Bad}").ConfigureAwait(false);

        (await Store.ReadAllAsync(BadSession).ConfigureAwait(false)).ShouldBeEmpty();
        (await Store.FindHighestAsync(BadSession.Key(), Cancellation).ConfigureAwait(false)).ShouldBe(1);
        Store.WriteOne(Changes.Change(BadSession, 1)).ShouldBe(WriteOutcome.Conflict);
        Store.WriteOne(Changes.Change(BadSession, 2, "next")).ShouldBe(WriteOutcome.Stored);
    }

    [Fact]
    public async Task What_is_stored_and_larger_than_the_options_allow_is_not_read()
    {
        const int Reserved = 1 << 20; // for the header of a change, and for events that are always stored
        await EditAsync(
                $"UPDATE journal SET message = {Zeros(Reserved + 2000)} WHERE {Bad}; UPDATE snapshot SET snapshot = {Zeros(3000)} WHERE {Bad}"
            )
            .ConfigureAwait(false);
        var store = await OpenAsync(new SessionStoreOptions { MaxChangeBytes = 1999, MaxSnapshotBytes = 2999 }).ConfigureAwait(false);

        var row = (await store.ReadAllAsync(BadSession).ConfigureAwait(false)).ShouldHaveSingleItem();
        (row.SequenceNumber, row.Payload.Length, row.Manifest).ShouldBe((1, 0, "change/1"));
        (await store.FindSnapshotAsync(BadSession.Key(), 9, Cancellation).ConfigureAwait(false)).ShouldBeNull();
        (await Store.FindSnapshotAsync(BadSession.Key(), 9, Cancellation).ConfigureAwait(false))
            .ShouldNotBeNull()
            .Payload.Length.ShouldBe(3000);
        (await Store.ReadAllAsync(BadSession).ConfigureAwait(false)).ShouldHaveSingleItem().Payload.Length.ShouldBe(Reserved + 2000);
    }

    [Fact]
    public async Task A_claim_that_is_gone_stops_all_writes()
    {
        await EditAsync("DELETE FROM shard_claim").ConfigureAwait(false);

        Should
            .Throw<SessionStoreException>(() => Store.WriteOne(Changes.Change(BadSession, 2)))
            .Message.ShouldContain("shard_claim is gone");
        (
            await Should.ThrowAsync<SessionStoreException>(() => Store.OwnAsync("x", Cancellation)).ConfigureAwait(false)
        ).Message.ShouldContain("shard_claim");
    }
}
