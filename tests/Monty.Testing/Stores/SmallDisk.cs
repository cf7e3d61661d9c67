using System.Diagnostics;
using Shouldly;

namespace Monty.Testing.Stores;

/// <summary>A file system of 4 MB that a test mounts, fills and write-protects.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>The reason why a test that needs a small disk is skipped.</summary>
    public const string NeedsRoot = "Mounting a small file system takes root.";

    private readonly TempFolder folder = new();

    private SmallDisk() { }

    /// <summary>True if the test may mount a file system.</summary>
    public static bool MayMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>The folder at which the disk is mounted.</summary>
    public string Folder => folder.Path;

    /// <summary>The path of a database file on the disk.</summary>
    public string Database => folder.File("sessions.db");

    private string Filler => folder.File("filler");

    /// <summary>Mounts a disk.</summary>
    /// <param name="owner">The user that owns the disk.</param>
    public static async Task<SmallDisk> MountAsync(string owner = "root")
    {
        var disk = new SmallDisk();
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.folder.Path).ConfigureAwait(false);
        await RunAsync("chown", owner, disk.folder.Path).ConfigureAwait(false);
        return disk;
    }

    /// <summary>Makes the disk larger.</summary>
    public Task GrowAsync() => RunAsync("mount", "-o", "remount,size=64m", Folder);

    /// <summary>Fills the disk with a number of bytes.</summary>
    public Task FillAsync(int bytes) => File.WriteAllBytesAsync(Filler, new byte[bytes]);

    /// <summary>Fills the rest of the disk.</summary>
    public void FillUp()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    /// <summary>Frees the space that was filled.</summary>
    public void MakeRoom() => File.Delete(Filler);

    /// <summary>
    /// Sets or removes the write protection. Retries, because the disk is busy while a forked child of another test, which has not executed its program yet,
    /// holds a file open.
    /// </summary>
    public Task ProtectAsync(bool isReadOnly) =>
        TestTasks.UntilAsync(async () =>
            await ExitCodeAsync("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", folder.Path).ConfigureAwait(false) == 0
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", folder.Path).ConfigureAwait(false);
        folder.Dispose();
    }

    private static async Task RunAsync(string command, params string[] arguments) =>
        (await ExitCodeAsync(command, arguments).ConfigureAwait(false)).ShouldBe(0, $"{command} {string.Join(' ', arguments)}");

    private static async Task<int> ExitCodeAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync().InTime().ConfigureAwait(false);
        return process.ExitCode;
    }
}
