using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests a disk that is full and a disk that is write-protected.</summary>
public sealed class DiskTests
{
    private static readonly SessionId Session = Changes.Session("s");

    public static bool MayMount => SmallDisk.MayMount;

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_fails_commits_with_a_clear_message_loses_nothing_and_the_store_recovers_when_space_is_freed()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var store = await SqliteStore.OpenAsync(disk.Database);
        store.WriteOne(Next(0, 10));
        await disk.FillAsync(1 << 20);
        var (written, full) = (1L, (SessionStoreException?)null);
        while (full is null)
        {
            try
            {
                store.WriteOne(Next(written, 40_000)).ShouldBe(WriteOutcome.Stored);
                written++;
            }
            catch (SessionStoreException exception)
            {
                full = exception;
            }
        }

        full.Message.ShouldContain("the disk is full");
        written.ShouldBeGreaterThan(5);
        await CheckAsync();
        Should.Throw<SessionStoreException>(() => store.WriteOne(Next(written, 40_000)));
        await CheckAsync();
        (
            await Should.ThrowAsync<SessionStoreException>(() =>
                store.SaveSnapshotAsync(Session.Key(), Changes.Snapshot(1, new string('x', 90_000)), TestContext.Current.CancellationToken)
            )
        ).Message.ShouldStartWith("Saving a snapshot failed: the disk is full");

        disk.MakeRoom();
        store.WriteOne(Next(written, 40_000)).ShouldBe(WriteOutcome.Stored);

        async Task CheckAsync()
        {
            (await store.FindAsync(Session, TestContext.Current.CancellationToken))!.Summary.Labels.ShouldBe([$"{written}"]);
            (await store.FindHighestAsync(Session.Key(), TestContext.Current.CancellationToken)).ShouldBe(written);
        }
    }

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_read_only_disk_is_refused_when_the_store_is_opened()
    {
        await using var disk = await SmallDisk.MountAsync();
        await (await SqliteStore.OpenAsync(disk.Database)).DisposeAsync();
        await disk.ProtectAsync(isReadOnly: true);
        (await Should.ThrowAsync<SessionStoreException>(() => SqliteStore.OpenAsync(disk.Database))).Message.ShouldContain("read-only");
        await disk.ProtectAsync(isReadOnly: false);
        await using var store = await SqliteStore.OpenAsync(disk.Database);
        store.WriteOne(Next(0, 10)).ShouldBe(WriteOutcome.Stored);
    }

    private static ChangeWrite Next(long written, int size)
    {
        var change = Changes.Change(Session, written + 1, summary: Changes.Summary(labels: [$"{written + 1}"]));
        return change with { Row = change.Row with { Payload = new byte[size] } };
    }
}
