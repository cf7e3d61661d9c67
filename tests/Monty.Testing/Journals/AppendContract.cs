using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Tests of appends: the data that is written, the conditions under which an append is refused, and its atomicity.</summary>
public abstract class AppendContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    private static readonly SessionId Session = Story.Session("s");

    [Fact]
    public async Task Appended_data_is_read_back_exactly_with_times_in_microseconds()
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
        var append = new SessionAppend(
            Session,
            0,
            epoch: 5,
            [
                new JournalRecord(1, "opened", 1, ReadOnlyMemory<byte>.Empty, at),
                new JournalRecord(2, "call.announced_x-1", 300, new byte[] { 0, 1, 255, 0 }, at.AddTicks(19)),
            ],
            summary,
            new JournalDump(2, "monty 0.0.23 é", new byte[] { 0, 9, 0 })
        );

        (await Journal.AppendAsync(append, Cancellation)).ShouldBe(AppendResult.Appended);

        var utc = new DateTimeOffset(2031, 2, 2, 23, 5, 6, TimeSpan.Zero).AddTicks(1234560);
        var head = (await (await OpenAsync()).FindAsync(Session, Cancellation)).ShouldNotBeNull();
        (head.Session, head.Version, head.Epoch).ShouldBe((Session, 2, 5));
        head.Summary.ShouldBe(summary with { CreatedAt = utc, ChangedAt = utc.AddTicks(10), DueAt = utc.AddDays(1) });
        head.Summary.CreatedAt.Offset.ShouldBe(TimeSpan.Zero);
        (head.Dump!.Version, head.Dump.Runtime, head.DumpProblem).ShouldBe((2, "monty 0.0.23 é", null));
        head.Dump.Content.ToArray().ShouldBe([0, 9, 0]);
        var records = await ReadAllAsync(Journal, Session);
        records
            .Select(r => (r.Version, r.Kind, r.Schema, r.At))
            .ShouldBe([(1, "opened", 1, utc), (2, "call.announced_x-1", 300, utc.AddTicks(20))]);
        records.Select(r => r.Payload.Length).ShouldBe([0, 4]);
        records[1].Payload.ToArray().ShouldBe([0, 1, 255, 0]);
    }

    [Fact]
    public async Task The_earliest_and_latest_times_are_kept()
    {
        foreach (
            var time in (DateTimeOffset[])
                [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch.AddTicks(-1), DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue]
        )
        {
            var session = Story.Session($"s{time.UtcTicks}");
            await Journal.AppendAsync(Story.Opened(session, Story.Summary(changedAt: time, dueAt: time)), Cancellation);
            var cut = new DateTimeOffset((long)Math.Floor(time.UtcTicks / 10.0m) * 10, TimeSpan.Zero);
            (await Journal.FindAsync(session, Cancellation))!.Summary.ShouldBe(Story.Summary(changedAt: cut, dueAt: cut));
        }
    }

    [Fact]
    public async Task A_later_append_replaces_the_row_and_keeps_the_dump_unless_it_has_a_new_one()
    {
        await Journal.AppendAsync(
            Story.Append(
                Session,
                0,
                ["a"],
                summary: Story.Summary(labels: ["x", "y"], waitingOn: ["t"], dueAt: Story.Start),
                dump: Story.Dump(1, "first")
            ),
            Cancellation
        );
        await Journal.AppendAsync(
            Story.Append(Session, 1, ["b", "c"], summary: Story.Summary(SessionStatus.Running, labels: ["y", "z"])),
            Cancellation
        );
        var kept = await Journal.FindAsync(Session, Cancellation);
        kept!.Summary.ShouldBe(Story.Summary(SessionStatus.Running, labels: ["y", "z"]));
        (kept.Version, kept.Dump!.Version).ShouldBe((3, 1));

        await Journal.AppendAsync(Story.Append(Session, 3, ["d"], dump: Story.Dump(3, "second")), Cancellation);
        (await Journal.FindAsync(Session, Cancellation))!.Dump!.Content.ToArray().ShouldBe("second"u8.ToArray());
        (await ReadAllAsync(Journal, Session)).Select(r => r.Text()).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public async Task One_append_can_contain_a_long_history_as_for_a_fork()
    {
        var story = Enumerable.Range(1, 5_000).Select(v => $"fact {v}").ToList();

        (await Journal.AppendAsync(Story.Append(Session, 0, story, dump: Story.Dump(5_000)), Cancellation)).ShouldBe(AppendResult.Appended);

        (await ReadAllAsync(Journal, Session)).Select(r => r.Text()).ShouldBe(story);
        (await Journal.FindAsync(Session, Cancellation))!.Dump!.Version.ShouldBe(5_000);
    }

    [Fact]
    public async Task An_append_with_the_wrong_expected_version_is_a_conflict_and_writes_nothing()
    {
        await Journal.AppendAsync(Story.Append(Session, 0, ["a", "b"], dump: Story.Dump(2)), Cancellation);
        var before = await Journal.FindAsync(Session, Cancellation);
        var other = Story.Summary(SessionStatus.Closed, labels: ["no"], waitingOn: ["no"], dueAt: Story.Start, isActive: true);

        foreach (var expected in (long[])[0, 1, 3, 100])
        {
            var append = Story.Append(Session, expected, ["x"], epoch: 9, summary: other, dump: Story.Dump(expected + 1, "no"));
            (await Journal.AppendAsync(append, Cancellation)).ShouldBe(AppendResult.VersionConflict);
        }

        (await Journal.AppendAsync(Story.Append(Story.Session("absent"), 1, ["x"]), Cancellation)).ShouldBe(AppendResult.VersionConflict);
        var after = await Journal.FindAsync(Session, Cancellation);
        after.ShouldBe(before! with { Dump = after!.Dump });
        after.Dump!.Content.ToArray().ShouldBe(before.Dump!.Content.ToArray());
        (await ReadAllAsync(Journal, Session)).Count.ShouldBe(2);
        (await Journal.ListDueAsync(DateTimeOffset.MaxValue, null, 9, Cancellation)).ShouldBeEmpty();
        (await Journal.ListActiveAsync(null, 9, Cancellation)).ShouldBeEmpty();
        (await Journal.ListAsync(new SessionQuery("acme") { Label = "no" }, Cancellation)).ShouldBeEmpty();
        (await Journal.FindAsync(Story.Session("absent"), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task An_append_with_a_lower_epoch_is_fenced_with_any_expected_version()
    {
        await Journal.AppendAsync(Story.Append(Session, 0, ["a"], epoch: 3), Cancellation);
        foreach (var expected in (long[])[0, 1, 2])
        {
            (await Journal.AppendAsync(Story.Append(Session, expected, ["x"], epoch: 2), Cancellation)).ShouldBe(AppendResult.Fenced);
        }

        (await Journal.AppendAsync(Story.Append(Session, 1, ["b"], epoch: 3), Cancellation)).ShouldBe(AppendResult.Appended);
        (await Journal.AppendAsync(Story.Append(Session, 2, ["c"], epoch: 8), Cancellation)).ShouldBe(AppendResult.Appended);
        (await Journal.AppendAsync(Story.Append(Session, 3, ["x"], epoch: 7), Cancellation)).ShouldBe(AppendResult.Fenced);
        (await ReadAllAsync(Journal, Session)).Select(r => r.Text()).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Sizes_up_to_the_limits_are_accepted_and_the_error_for_one_more_byte_names_the_option()
    {
        var seal = Journal is SealedJournal ? 17 : 0;
        var limits = new JournalOptions
        {
            MaxRecordBytes = 1_000_000 + seal,
            MaxDumpBytes = 3_000_000 + seal,
            MaxAppendBytes = 4_000_000 + (2 * seal),
        };
        await using var store = new TStore();
        await using var journal = await store.OpenAsync(limits);
        var record = new byte[1_000_000];
        var dump = new byte[3_000_000];
        new Random(1).NextBytes(record);
        new Random(2).NextBytes(dump);

        (await journal.AppendAsync(Sized(0, [record], dump), Cancellation)).ShouldBe(AppendResult.Appended);
        (await journal.ReadAsync(Session, 0, 1, Cancellation))[0].Payload.Span.SequenceEqual(record).ShouldBeTrue();
        (await journal.FindAsync(Session, Cancellation))!.Dump!.Content.Span.SequenceEqual(dump).ShouldBeTrue();

        await RefusedAsync(
            Sized(
                1,
                [
                    [.. record, 0],
                ],
                null
            ),
            nameof(JournalOptions.MaxRecordBytes)
        );
        await RefusedAsync(
            Sized(
                1,
                [
                    [],
                ],
                [.. dump, 0]
            ),
            nameof(JournalOptions.MaxDumpBytes)
        );
        await RefusedAsync(Sized(1, [record, record, record, record, [1]], null), nameof(JournalOptions.MaxAppendBytes));
        (await journal.FindAsync(Session, Cancellation))!.Version.ShouldBe(1);

        async Task RefusedAsync(SessionAppend append, string option) =>
            (await Should.ThrowAsync<JournalLimitException>(() => journal.AppendAsync(append, Cancellation))).Message.ShouldContain(
                $"raise {option}."
            );

        static SessionAppend Sized(long expected, byte[][] records, byte[]? dump) =>
            new(
                Session,
                expected,
                1,
                [.. records.Select((r, i) => new JournalRecord(expected + 1 + i, "fed", 1, r, Story.Start))],
                Story.Summary(),
                dump is null ? null : new JournalDump(expected + 1, "r", dump)
            );
    }

    [Fact]
    public async Task A_canceled_append_is_not_written()
    {
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Journal.AppendAsync(Story.Append(Session, 0, ["x"]), new CancellationToken(canceled: true))
        );
        (await Journal.FindAsync(Session, Cancellation)).ShouldBeNull();
    }
}
