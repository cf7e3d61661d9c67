using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Monty.Host.Cli.Streams;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
[SupportedOSPlatform("linux")]
public sealed class DescriptorStreamTests
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    [Fact]
    public async Task All_bytes_are_written_to_a_non_blocking_pipe()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The flags of pipe2 are those of Linux.");
        var ends = new int[2];
        Pipe(ends, NonBlocking | CloseOnExec).ShouldBe(0);
        using var writingEnd = new SafeFileHandle(ends[1], ownsHandle: true);
        using var written = new DescriptorStream(ends[1]);
        var bytes = Enumerable.Range(0, 1 << 20).Select(i => (byte)(i / 7)).ToArray();

        var writing = Task.Run(
            () =>
            {
                written.Write(bytes);
                writingEnd.Dispose();
            },
            TestContext.Current.CancellationToken
        );
        var read = await ReadAllAsync(ends[0]);
        await writing;

        read.ShouldBe(bytes);
    }

    [Fact]
    public void Writing_to_a_pipe_without_a_reader_throws()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The flags of pipe2 are those of Linux.");
        var ends = new int[2];
        Pipe(ends, CloseOnExec).ShouldBe(0);
        using var writingEnd = new SafeFileHandle(ends[1], ownsHandle: true);
        new SafeFileHandle(ends[0], ownsHandle: true).Dispose();
        using var written = new DescriptorStream(ends[1]);

        // A process that another test starts holds the reading end until it runs its program.
        Exception? refused = null;
        SpinWait
            .SpinUntil(() => (refused = Record.Exception(() => written.Write([1]))) is not null, TimeSpan.FromSeconds(30))
            .ShouldBeTrue();

        refused.ShouldBeOfType<IOException>().Message.ShouldBe("Broken pipe");
    }

    /// <summary>Reads a non-blocking pipe to its end. A read of zero bytes marks the end.</summary>
    private static async Task<byte[]> ReadAllAsync(int descriptor)
    {
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using var pipe = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var count = Read(descriptor, buffer, (nuint)buffer.Length);
            if (count == 0)
            {
                return pipe.ToArray();
            }

            if (count > 0)
            {
                await pipe.WriteAsync(buffer.AsMemory(0, (int)count));
            }
            else
            {
                await Task.Yield();
            }
        }
    }

    [DllImport("libc", EntryPoint = "pipe2")]
    private static extern int Pipe([Out] int[] ends, int flags);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int descriptor, [Out] byte[] buffer, nuint count);
}
