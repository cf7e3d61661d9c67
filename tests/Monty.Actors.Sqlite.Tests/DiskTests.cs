using System.Diagnostics;
using Monty.Testing;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>A disk of 4 MB that the test mounts, fills and protects.</summary>
public sealed class DiskTests : IAsyncLifetime
{
    private const string NeedsRoot = "Mounting a small file system takes root.";
    private static readonly SessionId Session = Story.Session("s");
    private readonly TempFolder folder = new();

    public static bool MayMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    private string Database => folder.File("journal.db");

    public async ValueTask InitializeAsync()
    {
        if (MayMount) await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (MayMount) await RunAsync("umount", folder.Path);
        folder.Dispose();
    }

    [Fact(Skip = NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_fails_appends_with_a_clear_word_loses_nothing_and_is_left_behind_once_there_is_room()
    {
        await using var journal = await SqliteJournal.OpenAsync(Database);
        await journal.AppendAsync(Story.Append(Session, 0, ["first"]));
        await File.WriteAllBytesAsync(folder.File("filler"), new byte[1 << 20], TestContext.Current.CancellationToken);
        var (written, payload) = (1L, new byte[40_000]);
        JournalException? full = null;
        while (full is null)
        {
            try
            {
                await journal.AppendAsync(new SessionAppend(Session, written, 1, [new JournalRecord(written + 1, "fed", 1, payload, Story.Start)], Story.Summary(labels: [$"{written + 1}"])));
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
        await Should.ThrowAsync<JournalException>(() => journal.AppendAsync(new SessionAppend(Session, written, 1, [new JournalRecord(written + 1, "fed", 1, payload, Story.Start)], Story.Summary())));
        await CheckAsync();

        File.Delete(folder.File("filler"));
        (await journal.AppendAsync(Story.Append(Session, written, ["there is room"]))).ShouldBe(AppendResult.Appended);

        async Task CheckAsync()
        {
            var head = await journal.FindAsync(Session);
            head!.Version.ShouldBe(written);
            head.Summary.Labels.ShouldBe([$"{written}"]);
            (await journal.ReadAsync(Session, written - 1, 9)).Count.ShouldBe(1);
        }
    }

    [Fact(Skip = NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_read_only_disk_is_refused_when_the_journal_is_opened()
    {
        await (await SqliteJournal.OpenAsync(Database)).DisposeAsync();
        await RunAsync("mount", "-o", "remount,ro", folder.Path);
        (await Should.ThrowAsync<JournalException>(() => SqliteJournal.OpenAsync(Database))).Message.ShouldContain("read-only");
        await RunAsync("mount", "-o", "remount,rw", folder.Path);
        await using var journal = await SqliteJournal.OpenAsync(Database);
        (await journal.AppendAsync(Story.Append(Session, 0, ["first"]))).ShouldBe(AppendResult.Appended);
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{command} {string.Join(' ', arguments)}");
    }
}
