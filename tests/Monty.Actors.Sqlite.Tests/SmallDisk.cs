using System.Diagnostics;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>A disk of 4 MB that a test mounts, fills and protects.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    public const string NeedsRoot = "Mounting a small file system takes root.";
    private readonly TempFolder folder = new();

    private SmallDisk() { }

    public static bool MayMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    public string Database => folder.File("journal.db");

    private string Filler => folder.File("filler");

    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk();
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.folder.Path);
        return disk;
    }

    /// <summary>Takes so many bytes of it away.</summary>
    public Task FillAsync(int bytes) => File.WriteAllBytesAsync(Filler, new byte[bytes], TestContext.Current.CancellationToken);

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
        TestTasks.UntilAsync(async () => await ExitCodeAsync("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", folder.Path) == 0);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", folder.Path);
        folder.Dispose();
    }

    private static async Task RunAsync(string command, params string[] arguments) =>
        (await ExitCodeAsync(command, arguments)).ShouldBe(0, $"{command} {string.Join(' ', arguments)}");

    private static async Task<int> ExitCodeAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        return process.ExitCode;
    }
}
