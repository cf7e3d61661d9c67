using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>What a write stores, what it refuses, and that a refusal is one session's alone.</summary>
public abstract class WriteContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly SessionId Session = Changes.Session("s");

    [Fact]
    public async Task What_was_written_is_read_back_to_the_byte_and_the_index_to_the_microsecond()
    {
        var at = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(5)).AddTicks(1234567);
        var summary = new SessionSummary(
            SessionStatus.Waiting,
            at,
            at.AddTicks(10),
            IsActive: true,
            at.AddDays(1),
            ["tool", "größer", "工具"],
            ["a, \"b\" \\ {c}\n\t'd'", "𝒜", " "]
        );
        var first = new StoredRow(1, at, ReadOnlyMemory<byte>.Empty, -5, "", "incarnation é");
        var second = new StoredRow(
            2,
            at.AddTicks(19),
            new byte[] { 9, 0, 1, 255, 0, 9 }.AsMemory(1, 4),
            1_819_042_413,
            "change/1",
            new string('w', 128)
        );

        Store
            .WriteAll(
                new ChangeWrite(Session.Key(), Session, first, 5, 3, Changes.Summary()),
                new ChangeWrite(Session.Key(), Session, second, 5, 7, summary)
            )
            .ShouldBe([WriteOutcome.Stored, WriteOutcome.Stored]);

        var other = await OpenAsync();
        var utc = new DateTimeOffset(2031, 2, 2, 23, 5, 6, TimeSpan.Zero).AddTicks(1234560);
        var entry = (await other.FindAsync(Session, Cancellation)).ShouldNotBeNull();
        (entry.Session, entry.Version).ShouldBe((Session, 7));
        entry.Summary.ShouldBe(summary with { CreatedAt = utc, ChangedAt = utc.AddTicks(10), DueAt = utc.AddDays(1) });
        entry.Summary.CreatedAt.Offset.ShouldBe(TimeSpan.Zero);
        var rows = await other.ReadAllAsync(Session);
        StoredRow[] written =
        [
            first with
            {
                Payload = default,
                At = at.ToUniversalTime(),
            },
            second with
            {
                Payload = default,
                At = second.At.ToUniversalTime(),
            },
        ];
        rows.Select(r => Place.Comparable(r with { Payload = default })).ShouldBe(written.Select(Place.Comparable));
        rows.Select(r => r.Payload.ToArray())
            .ShouldBe([
                [],
                [0, 1, 255, 0],
            ]);
    }

    [Fact]
    public async Task Times_from_the_first_to_the_last_day_are_kept()
    {
        foreach (
            var time in (DateTimeOffset[])
                [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch.AddTicks(-1), DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue]
        )
        {
            var session = Changes.Session($"s{time.UtcTicks}");
            var change = Changes.Change(session, 1, summary: Changes.Summary(changedAt: time, dueAt: time));
            Store.WriteOne(change with { Row = change.Row with { At = time } }).ShouldBe(WriteOutcome.Stored);

            var cut = new DateTimeOffset((long)Math.Floor(time.UtcTicks / 10.0m) * 10, TimeSpan.Zero);
            (await Store.FindAsync(session, Cancellation))!.Summary.ShouldBe(Changes.Summary(changedAt: cut, dueAt: cut));
            var row = (await Store.ReadAllAsync(session)).ShouldHaveSingleItem();
            Place.Comparable(row).At.ShouldBe(Place.Comparable(row with { At = time }).At);
        }
    }

    [Fact]
    public async Task A_later_change_replaces_the_row_of_the_index()
    {
        Store.WriteOne(
            Changes.Change(
                Session,
                1,
                "a",
                summary: Changes.Summary(labels: ["x", "y"], waitingOn: ["t"], dueAt: Changes.Start, isActive: true)
            )
        );
        var summary = Changes.Summary(SessionStatus.Running, Changes.Start.AddDays(2), labels: ["y", "z"]);
        Store.WriteOne(Changes.Change(Session, 2, "b", summary: summary)).ShouldBe(WriteOutcome.Stored);

        (await Store.FindAsync(Session, Cancellation)).ShouldBe(new SessionEntry(Session, 2, summary));
        (await Store.ListAsync(new SessionQuery("acme"), Cancellation)).ShouldHaveSingleItem();
        (await Store.ReadTextsAsync(Session)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_sequence_number_that_is_taken_or_leaves_a_gap_is_a_conflict_and_writes_nothing()
    {
        Store.WriteAll(Changes.Change(Session, 1, "a"), Changes.Change(Session, 2, "b"));
        var before = await Store.FindAsync(Session, Cancellation);
        var other = Changes.Summary(SessionStatus.Closed, labels: ["no"], waitingOn: ["no"], dueAt: Changes.Start, isActive: true);

        foreach (var sequence in (long[])[0, 1, 2, 4, 100])
        {
            Store.WriteOne(Changes.Change(Session, sequence, "x", epoch: 9, other)).ShouldBe(WriteOutcome.Conflict, $"{sequence}");
        }

        Store.WriteOne(Changes.Change(Changes.Session("absent"), 2, "x")).ShouldBe(WriteOutcome.Conflict);
        Store.WriteOne(Changes.Change(Changes.Session("absent"), 0, "x")).ShouldBe(WriteOutcome.Conflict);
        (await Store.FindAsync(Session, Cancellation)).ShouldBe(before);
        (await Store.ReadTextsAsync(Session)).ShouldBe(["a", "b"]);
        (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 9, Cancellation)).ShouldBeEmpty();
        (await Store.ListActiveAsync(null, 9, Cancellation)).ShouldBeEmpty();
        (await Store.ListAsync(new SessionQuery("acme") { Label = "no" }, Cancellation)).ShouldBeEmpty();
        (await Store.FindAsync(Changes.Session("absent"), Cancellation)).ShouldBeNull();
        (await Store.FindHighestAsync(Changes.Session("absent").Key(), Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task A_lower_epoch_than_the_claim_is_fenced_whatever_its_sequence_number_and_however_late_it_comes()
    {
        var older = await Store.RaiseEpochAsync();
        Store.WriteOne(Changes.Change(Session, 1, "a", older)).ShouldBe(WriteOutcome.Stored);
        var newer = await (await OpenAsync()).RaiseEpochAsync();

        foreach (var sequence in (long[])[1, 2, 3])
        {
            Store.WriteOne(Changes.Change(Session, sequence, "x", older)).ShouldBe(WriteOutcome.Fenced);
        }

        Store.WriteOne(Changes.Change(Changes.Session("new"), 1, "x", older)).ShouldBe(WriteOutcome.Fenced);
        Store.WriteOne(Changes.Change(Session, 2, "b", newer)).ShouldBe(WriteOutcome.Stored);
        Store.WriteOne(Changes.Change(Session, 3, "x", older)).ShouldBe(WriteOutcome.Fenced);
        (await Store.ReadTextsAsync(Session)).ShouldBe(["a", "b"]);
        (await Store.FindAsync(Changes.Session("new"), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_that_moves_from_one_engine_to_another_and_back_twice_keeps_every_change_that_was_stored()
    {
        SessionStore[] engines = [Store, await OpenAsync()];
        List<(long Epoch, string Name)> owners = [];
        var written = 0L;
        foreach (var (engine, name) in engines.Concat(engines).Zip((string[])["A", "B", "A again", "B again"]))
        {
            await using (var ownership = await engine.OwnAsync(name, Cancellation))
            {
                owners.Add((ownership.Epoch, name));
                (await engine.FindHighestAsync(Session.Key(), Cancellation)).ShouldBe(written);
                for (var i = 0; i < 3; i++)
                {
                    engine
                        .WriteOne(Changes.Change(Session, ++written, $"{written} by {name}", ownership.Epoch))
                        .ShouldBe(WriteOutcome.Stored);
                }
            }

            foreach (var (epoch, older) in owners.SkipLast(1))
            {
                engines[0].WriteOne(Changes.Change(Session, written + 1, older, epoch)).ShouldBe(WriteOutcome.Fenced);
                engines[1].WriteOne(Changes.Change(Session, written, older, epoch)).ShouldBe(WriteOutcome.Fenced);
            }
        }

        (await Store.ReadTextsAsync(Session)).ShouldBe(
            owners.SelectMany((o, i) => Enumerable.Range(1, 3).Select(n => $"{(i * 3) + n} by {o.Name}"))
        );
        (await Store.FindAsync(Session, Cancellation)).ShouldNotBeNull().Version.ShouldBe(written);
    }

    [Fact]
    public async Task One_conflicting_writer_and_one_of_a_lower_epoch_among_fifty_sessions_cost_no_other_anything()
    {
        var older = await Store.RaiseEpochAsync();
        var epoch = await Store.RaiseEpochAsync();
        SessionId[] sessions = [.. Enumerable.Range(0, 50).Select(i => Changes.Session($"s{i * 37 % 50}"))];
        Store.WriteAll([.. sessions.Select(s => Changes.Change(s, 1, "first", epoch))]);
        Store.WriteOne(Changes.Change(sessions[20], 2, "another's", epoch));

        ChangeWrite[] writes = [.. sessions.Select(s => Changes.Change(s, 2, "second", s == sessions[30] ? older : epoch))];
        var outcomes = Store.WriteAll(writes);

        outcomes
            .Select((o, i) => (o, i))
            .Where(o => o.o != WriteOutcome.Stored)
            .ShouldBe([(WriteOutcome.Conflict, 20), (WriteOutcome.Fenced, 30)]);
        for (var i = 0; i < sessions.Length; i++)
        {
            (await Store.ReadTextsAsync(sessions[i])).ShouldBe(
                i switch
                {
                    20 => ["first", "another's"],
                    30 => ["first"],
                    _ => ["first", "second"],
                }
            );
        }
    }

    [Fact]
    public async Task What_follows_a_refused_change_of_its_session_in_the_batch_is_refused_as_well()
    {
        var older = await Store.RaiseEpochAsync();
        var epoch = await Store.RaiseEpochAsync();
        var (taken, fenced, good) = (Changes.Session("taken"), Changes.Session("fenced"), Changes.Session("good"));
        Store.WriteOne(Changes.Change(taken, 1, "another's", epoch));

        Store
            .WriteAll(
                Changes.Change(taken, 1, "x", epoch),
                Changes.Change(fenced, 1, "x", older),
                Changes.Change(good, 1, "a", epoch),
                Changes.Change(taken, 2, "x", epoch), // it would fit behind the other's
                Changes.Change(fenced, 1, "x", epoch),
                Changes.Change(good, 2, "b", epoch),
                Changes.Change(taken, 3, "x", epoch)
            )
            .ShouldBe([
                WriteOutcome.Conflict,
                WriteOutcome.Fenced,
                WriteOutcome.Stored,
                WriteOutcome.Conflict,
                WriteOutcome.Fenced,
                WriteOutcome.Stored,
                WriteOutcome.Conflict,
            ]);

        (await Store.ReadTextsAsync(taken)).ShouldBe(["another's"]);
        (await Store.ReadTextsAsync(fenced)).ShouldBeEmpty();
        (await Store.ReadTextsAsync(good)).ShouldBe(["a", "b"]);
        (await Store.FindAsync(good, Cancellation)).ShouldNotBeNull().Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_change_that_is_written_again_is_stored_once_and_told_so_also_after_others_and_after_a_claim()
    {
        var epoch = await Store.RaiseEpochAsync();
        var (first, second) = (Changes.Change(Session, 1, "a", epoch), Changes.Change(Session, 2, "b", epoch));
        Store.WriteOne(first).ShouldBe(WriteOutcome.Stored);

        Store.WriteAll(first, second).ShouldBe([WriteOutcome.Stored, WriteOutcome.Stored]);
        Store.WriteAll(Place.ByAnother(first), Place.ByAnother(second)).ShouldBe([WriteOutcome.Conflict, WriteOutcome.Conflict]);
        await (await OpenAsync()).RaiseEpochAsync();
        Store
            .WriteAll(first, second, Changes.Change(Session, 3, "x", epoch))
            .ShouldBe([WriteOutcome.Stored, WriteOutcome.Stored, WriteOutcome.Fenced]);
        Store.WriteOne(Place.ByAnother(second)).ShouldBe(WriteOutcome.Fenced);

        (await Store.ReadTextsAsync(Session)).ShouldBe(["a", "b"]);
        (await Store.FindAsync(Session, Cancellation)).ShouldNotBeNull().Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_batch_may_hold_many_changes_of_one_session_in_order_and_large_ones()
    {
        var large = new byte[5 << 20];
        new Random(1).NextBytes(large);
        var change = Changes.Change(Session, 101);
        ChangeWrite[] writes =
        [
            .. Enumerable.Range(1, 100).Select(i => Changes.Change(Session, i, $"{i}")),
            change with
            {
                Row = change.Row with { Payload = large },
            },
        ];

        Store.WriteAll(writes).ShouldAllBe(o => o == WriteOutcome.Stored);

        var rows = await Store.ReadAllAsync(Session);
        rows.Take(100).Select(r => r.Text()).ShouldBe(Enumerable.Range(1, 100).Select(i => $"{i}"));
        rows[100].Payload.Span.SequenceEqual(large).ShouldBeTrue();
        Store.WriteAll([]).ShouldBeEmpty();
    }
}
