using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>A disk without room, and one that is protected.</summary>
public sealed class DiskTests
{
    private static readonly SessionId Session = Story.Session("s");

    public static bool MayMount => SmallDisk.MayMount;

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_fails_appends_with_a_clear_word_loses_nothing_and_is_left_behind_once_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var journal = await SqliteJournal.OpenAsync(disk.Database);
        await journal.AppendAsync(Story.Append(Session, 0, ["first"]));
        await disk.FillAsync(1 << 20);
        var (written, payload) = (1L, new byte[40_000]);
        JournalException? full = null;
        while (full is null)
        {
            try
            {
                await journal.AppendAsync(
                    new SessionAppend(
                        Session,
                        written,
                        1,
                        [new JournalRecord(written + 1, "fed", 1, payload, Story.Start)],
                        Story.Summary(labels: [$"{written + 1}"])
                    )
                );
                written++;
            }
            catch (JournalException exception)
            {
                full = exception;
            }
        }

        full.Message.ShouldContain("the disk is full");
        written.ShouldBeGreaterThan(5);
        await CheckAsync();
        await Should.ThrowAsync<JournalException>(() =>
            journal.AppendAsync(
                new SessionAppend(Session, written, 1, [new JournalRecord(written + 1, "fed", 1, payload, Story.Start)], Story.Summary())
            )
        );
        await CheckAsync();

        disk.MakeRoom();
        (await journal.AppendAsync(Story.Append(Session, written, ["there is room"]))).ShouldBe(AppendResult.Appended);

        async Task CheckAsync()
        {
            var head = await journal.FindAsync(Session);
            head!.Version.ShouldBe(written);
            head.Summary.Labels.ShouldBe([$"{written}"]);
            (await journal.ReadAsync(Session, written - 1, 9)).Count.ShouldBe(1);
        }
    }

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_read_only_disk_is_refused_when_the_journal_is_opened()
    {
        await using var disk = await SmallDisk.MountAsync();
        await (await SqliteJournal.OpenAsync(disk.Database)).DisposeAsync();
        await disk.ProtectAsync(isReadOnly: true);
        (await Should.ThrowAsync<JournalException>(() => SqliteJournal.OpenAsync(disk.Database))).Message.ShouldContain("read-only");
        await disk.ProtectAsync(isReadOnly: false);
        await using var journal = await SqliteJournal.OpenAsync(disk.Database);
        (await journal.AppendAsync(Story.Append(Session, 0, ["first"]))).ShouldBe(AppendResult.Appended);
    }
}
