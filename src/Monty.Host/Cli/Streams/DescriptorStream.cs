using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Host.Cli.Streams;

/// <summary>Writes to a file descriptor with the system call <c>write</c>.</summary>
/// <remarks>
/// The stream of <see cref="Console"/> ignores a broken pipe, so an endless script would not end when its reader does. It also sends
/// control sequences to a terminal. A <see cref="FileStream"/> tracks its own position, which is wrong when two descriptors share a
/// file, and it fails when another process has made the pipe non-blocking.
/// </remarks>
[UnsupportedOSPlatform("windows")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
internal sealed partial class DescriptorStream(int descriptor) : WriteOnlyStream
{
    private const int Interrupted = 4;
    private const short PollOut = 4;

    private static int WouldBlock { get; } = OperatingSystem.IsLinux() ? 11 : 35;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = WriteCore(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                WaitUntilWritable();
            }
            else if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    private void WaitUntilWritable()
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = PollOut };
        _ = PollCore(ref entry, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCore(int descriptor, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCore(ref PollEntry entry, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
