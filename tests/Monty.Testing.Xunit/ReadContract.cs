using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>Pages of changes, and snapshots.</summary>
public abstract class ReadContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly SessionId Session = Changes.Session("s");

    [Fact]
    public async Task Changes_are_read_in_pages_from_any_sequence_number_to_any()
    {
        Write(10);
        Store.WriteOne(Changes.Change(Changes.Session("other"), 1, "no"));

        (await PageAsync(1, 10, 3)).ShouldBe("1 2 3");
        (await PageAsync(4, 5, 3)).ShouldBe("4 5");
        (await PageAsync(9, long.MaxValue, 100)).ShouldBe("9 10");
        (await PageAsync(10, 10, 1)).ShouldBe("10");
        (await PageAsync(11, long.MaxValue, 1)).ShouldBe("");
        (await PageAsync(5, 4, 1)).ShouldBe("");
        (await Store.ReadTextsAsync(Changes.Session("absent"))).ShouldBeEmpty();
        (await Store.ReadTextsAsync(new SessionId("other", "s"))).ShouldBeEmpty();
        (await Store.FindHighestAsync(Session.Key(), Cancellation)).ShouldBe(10);
        (await Store.FindHighestAsync(Changes.Session("absent").Key(), Cancellation)).ShouldBe(0);

        async Task<string> PageAsync(long from, long to, int max) =>
            string.Join(' ', (await Store.ReadPageAsync(Session.Key(), from, to, max, Cancellation)).Select(r => r.Text()));
    }

    [Fact]
    public async Task A_history_of_many_pages_is_read_whole_and_in_order_and_no_further_than_was_asked()
    {
        const int Count = 2_345;
        Write(Count);

        (await Store.ReadTextsAsync(Session)).ShouldBe(Enumerable.Range(1, Count).Select(i => $"{i}"));
        (await ReadAsync(2, 2_000, long.MaxValue)).ShouldBe(Enumerable.Range(2, 1_999).Select(i => (long)i));
        (await ReadAsync(7, long.MaxValue, 1_001)).ShouldBe(Enumerable.Range(7, 1_001).Select(i => (long)i));
        (await ReadAsync(1, long.MaxValue, 0)).ShouldBeEmpty();

        async Task<List<long>> ReadAsync(long from, long to, long max)
        {
            List<long> read = [];
            await Store.ReadAsync(Session.Key(), from, to, max, row => read.Add(row.SequenceNumber), Cancellation);
            return read;
        }
    }

    [Fact]
    public async Task A_history_of_large_changes_is_read_whole()
    {
        int[] sizes = [5 << 20, 5 << 20, 5 << 20, 12 << 20, 5 << 20];
        for (var i = 0; i < sizes.Length; i++)
        {
            var change = Changes.Change(Session, i + 1);
            Store.WriteOne(change with { Row = change.Row with { Payload = new byte[sizes[i]] } }).ShouldBe(WriteOutcome.Stored);
        }

        (await Store.ReadAllAsync(Session)).Select(r => r.Payload.Length).ShouldBe(sizes);
    }

    [Fact]
    public async Task The_newest_two_snapshots_are_kept_and_found_by_sequence_number()
    {
        Write(9);
        (await FindAsync(9)).ShouldBeNull();
        foreach (var sequence in (long[])[2, 4, 6])
        {
            await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(sequence, $"at {sequence}"), Cancellation);
        }

        (await FindAsync(long.MaxValue)).ShouldBe("6 at 6");
        (await FindAsync(6)).ShouldBe("6 at 6");
        (await FindAsync(5)).ShouldBe("4 at 4");
        (await FindAsync(3)).ShouldBeNull();

        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(6, "again"), Cancellation);
        (await FindAsync(9)).ShouldBe("6 again");
        (await FindAsync(5)).ShouldBe("4 at 4");

        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(3, "late"), Cancellation);
        (await FindAsync(3)).ShouldBeNull("two newer ones are there");
        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(5, "between"), Cancellation);
        (await FindAsync(5)).ShouldBe("5 between");
        (await FindAsync(4)).ShouldBeNull();

        await Store.DeleteSnapshotsAsync(Session.Key(), 5, Cancellation);
        (await FindAsync(5)).ShouldBeNull();
        (await FindAsync(9)).ShouldBe("6 again");
        await Store.DeleteSnapshotsAsync(Session.Key(), long.MaxValue, Cancellation);
        (await FindAsync(9)).ShouldBeNull();

        async Task<string?> FindAsync(long upTo) =>
            await Store.FindSnapshotAsync(Session.Key(), upTo, Cancellation) is { } found ? $"{found.SequenceNumber} {found.Text()}" : null;
    }

    [Fact]
    public async Task A_snapshot_is_read_back_to_the_byte()
    {
        Write(1);
        var payload = new byte[3 << 20];
        new Random(2).NextBytes(payload);
        var snapshot = new StoredRow(1, Changes.Start.AddTicks(7), payload, -9, "snapshot/1");
        await Store.SaveSnapshotAsync(Session.Key(), snapshot, Cancellation);

        var found = (await (await OpenAsync()).FindSnapshotAsync(Session.Key(), 1, Cancellation)).ShouldNotBeNull();
        Place.Comparable(found with { Payload = default }).ShouldBe(Place.Comparable(snapshot with { Payload = default }));
        found.Payload.Span.SequenceEqual(payload).ShouldBeTrue();
    }

    [Fact]
    public async Task A_snapshot_without_its_change_is_not_saved_so_that_it_cannot_become_one_of_the_next_session_of_the_name()
    {
        var closed = Changes.Summary(SessionStatus.Closed);
        Store.WriteAll([.. Enumerable.Range(1, 3).Select(i => Changes.Change(Session, i, summary: closed))]);
        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(3, "old"), Cancellation);
        (await Store.PurgeAsync(Changes.Start, 9, Cancellation)).ShouldBe(1);

        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(3, "late"), Cancellation);
        Write(1);
        await Store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(3, "later"), Cancellation);

        (await Store.FindSnapshotAsync(Session.Key(), long.MaxValue, Cancellation)).ShouldBeNull();
    }

    private void Write(int count) =>
        Store
            .WriteAll([.. Enumerable.Range(1, count).Select(i => Changes.Change(Session, i, $"{i}"))])
            .ShouldAllBe(o => o == WriteOutcome.Stored);
}
