using System.Diagnostics;
using Shouldly;

namespace Monty.Testing.Stores;

/// <summary>A disk of 4 MB that a test mounts, fills and protects.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Why a test that needs one is skipped.</summary>
    public const string NeedsRoot = "Mounting a small file system takes root.";

    private readonly TempFolder folder = new();

    private SmallDisk() { }

    /// <summary>True where a test may mount one.</summary>
    public static bool MayMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>The folder that it is mounted at.</summary>
    public string Folder => folder.Path;

    /// <summary>A file on it.</summary>
    public string Database => folder.File("sessions.db");

    private string Filler => folder.File("filler");

    /// <summary>Mounts one.</summary>
    /// <param name="owner">The user that it belongs to.</param>
    public static async Task<SmallDisk> MountAsync(string owner = "root")
    {
        var disk = new SmallDisk();
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.folder.Path).ConfigureAwait(false);
        await RunAsync("chown", owner, disk.folder.Path).ConfigureAwait(false);
        return disk;
    }

    /// <summary>Makes it larger.</summary>
    public Task GrowAsync() => RunAsync("mount", "-o", "remount,size=64m", Folder);

    /// <summary>Takes so many bytes of it away.</summary>
    public Task FillAsync(int bytes) => File.WriteAllBytesAsync(Filler, new byte[bytes]);

    /// <summary>Takes away what is left.</summary>
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
            // It is full.
        }
    }

    /// <summary>Gives all of that back.</summary>
    public void MakeRoom() => File.Delete(Filler);

    /// <summary>Again and again: it is busy while a child of another test, which is still to start its program, holds a file of it.</summary>
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
