using System.Globalization;
using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests the lock by which one engine owns a file.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileLockTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_symbolic_link_to_the_file_or_its_folder_is_the_same_store()
    {
        var path = folder.File("sessions.db");
        await using var store = await SqliteStore.OpenAsync(path);
        await using var owned = await store.OwnAsync("one", Token);
        using var elsewhere = new TempFolder();
        File.CreateSymbolicLink(elsewhere.File("file"), path);
        File.CreateSymbolicLink(elsewhere.File("file-of-file"), "file");
        Directory.CreateSymbolicLink(elsewhere.File("folder"), folder.Path);

        foreach (var other in (string[])["file", "file-of-file", "folder/sessions.db", "folder/../folder/sessions.db"])
        {
            await using var same = await SqliteStore.OpenAsync(elsewhere.File(other));
            (await Should.ThrowAsync<StoreOwnedException>(() => same.OwnAsync("two", Token), other)).Holder.ShouldBe("one");
            same.WriteOne(Changes.Change(Changes.Session(Path.GetFileName(other)), 1, epoch: owned.Epoch));
        }

        Directory.GetFiles(elsewhere.Path).Select(Path.GetFileName).Order().ShouldBe(["file", "file-of-file"]); // SQLite creates its own files next to the real one
    }

    [Fact]
    public async Task There_is_no_lock_file_that_could_be_deleted()
    {
        var path = folder.File("sessions.db");
        using var host = TestHost.StartWriting("sqlite", path);
        await host.ReadLineAsync(Token);

        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order().ShouldBe(["sessions.db", "sessions.db-shm", "sessions.db-wal"]);
        await using var store = await SqliteStore.OpenAsync(path);
        await Should.ThrowAsync<StoreOwnedException>(() => store.OwnAsync("two", Token));
    }

    /// <summary>
    /// POSIX ends the locks of a process on a file, including those of SQLite, when the process closes the file once. Without the locks, another process that
    /// closes its last connection deletes the log.
    /// </summary>
    [Fact]
    public async Task A_store_that_is_refused_or_closed_does_not_end_the_locks_of_other_stores_in_the_process()
    {
        var path = folder.File("sessions.db");
        await using var store = await SqliteStore.OpenAsync(path);
        store.WriteOne(Changes.Change(Changes.Session("s"), 1));
        await store.FindAsync(Changes.Session("s"), Token);
        await using var owned = await store.OwnAsync("one", Token);
        var before = Locks(path);
        before.ShouldContain(l => l.Contains("POSIX", StringComparison.Ordinal));
        before.ShouldContain(l => l.Contains("OFDLCK", StringComparison.Ordinal));

        await using (var other = await SqliteStore.OpenAsync(path))
        {
            await Should.ThrowAsync<StoreOwnedException>(() => other.OwnAsync("two", Token));
        }

        Locks(path).ShouldBe(before);
        await owned.DisposeAsync();
        Locks(path).ShouldBe(before.Where(l => !l.Contains("OFDLCK", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_ownership_that_outlives_its_store_keeps_the_file_locked()
    {
        var path = folder.File("sessions.db");
        var store = await SqliteStore.OpenAsync(path);
        var owned = await store.OwnAsync("one", Token);
        await store.DisposeAsync();
        await store.DisposeAsync();

        await using var next = await SqliteStore.OpenAsync(path);
        await Should.ThrowAsync<StoreOwnedException>(() => next.OwnAsync("two", Token));
        await owned.DisposeAsync();
        await using var second = await next.OwnAsync("two", Token);
    }

    /// <summary>Tests the lock for systems that cannot lock a byte of the database.</summary>
    [Fact]
    public void A_separate_lock_file_has_one_owner_and_a_file_of_a_dead_engine_does_not_block()
    {
        var path = folder.Write("sessions.db.lock", "left by a process that was killed");
        using var first = new SeparateFileLock(path);
        using var second = new SeparateFileLock(path);

        first.TryTake().ShouldBeTrue();
        second.TryTake().ShouldBeFalse();
        first.Release();
        second.TryTake().ShouldBeTrue();
        File.Exists(path).ShouldBeTrue();
    }

    /// <summary>Returns the locks of this process on a file, as the kernel lists them: kind and range.</summary>
    private static List<string> Locks(string path)
    {
        var inode = Inode(path);
        return
        [
            .. File.ReadLines("/proc/locks")
                .Where(l => l.Contains($":{inode} ", StringComparison.Ordinal))
                .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..])
                .Where(l => !l.Contains("FLOCK", StringComparison.Ordinal))
                .Order(),
        ];
    }

    private static string Inode(string path)
    {
        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%i", path]) { RedirectStandardOutput = true }
        )!;
        return long.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }
}
