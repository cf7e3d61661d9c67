using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>Waits for the end of any process through a pidfd. It does not poll, need not be the parent, and is not confused when a process id is reused.</summary>
[SupportedOSPlatform("linux")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
public sealed partial class ProcessWatch : IDisposable
{
    private const int PidFdOpenCall = 434;
    private const int PidFdSendSignalCall = 424;
    private const int SigKill = 9;
    private readonly int descriptor;

    private ProcessWatch(int id, int descriptor)
    {
        Id = id;
        this.descriptor = descriptor;
    }

    /// <summary>The id of the process.</summary>
    public int Id { get; }

    /// <summary>Opens a running process.</summary>
    /// <exception cref="Win32Exception">There is no process with this id.</exception>
    public static ProcessWatch Open(int id)
    {
        var opened = (int)OpenCore(PidFdOpenCall, id, 0);
        return opened >= 0 ? new ProcessWatch(id, opened) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Kills the process with SIGKILL.</summary>
    public void Kill() => _ = SendCore(PidFdSendSignalCall, descriptor, SigKill, 0, 0);

    /// <summary>Waits until the process has ended. It may then still be a zombie.</summary>
    /// <returns>False when the process was still running after <paramref name="timeout"/>.</returns>
    public bool WaitForEnd(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = 1 };
            var found = PollCore(ref entry, 1, (int)Math.Max(0, deadline - Environment.TickCount64));
            if (found > 0)
            {
                return true;
            }

            if (Environment.TickCount64 >= deadline)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = CloseCore(descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenCore(nint number, int process, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SendCore(nint number, int descriptor, int signal, nint information, uint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCore(ref PollEntry entry, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseCore(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
