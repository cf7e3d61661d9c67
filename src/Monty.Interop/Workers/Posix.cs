using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Monty.Interop.Workers;

/// <summary>A call to the C library that failed.</summary>
internal sealed class PosixException(string call, int error) : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    public int Error { get; } = error;
}

/// <summary>The calls to the C library that start and drive a worker. The numbers are those of Linux on x86-64 and arm64.</summary>
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
internal static unsafe partial class Posix
{
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int UnknownExitCode = -1;
    public const int NoProcessError = 3;
    private const int InterruptedError = 4;
    private const int NoChildError = 10;
    private const int TryAgainError = 11;
    private const int BrokenPipeError = 32;
    private const int CloseOnExec = 0x80000;
    private const int SigKill = 9;
    private const int FirstFreeDescriptor = 10;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry(int descriptor, short events)
    {
        public int Descriptor = descriptor;
        public short Events = events;
        public short Found;
    }

    /// <summary>Creates a pipe whose ends no other child inherits. Its descriptors are above the four that a worker gets.</summary>
    public static void CreatePipe(Span<int> ends)
    {
        const int DuplicateCloseOnExec = 1030;
        fixed (int* raw = ends)
        {
            Check(PipeCore(raw, CloseOnExec), "pipe2");
        }

        foreach (ref var end in ends)
        {
            if (end >= FirstFreeDescriptor)
            {
                continue;
            }

            var low = end;
            end = Check(Fcntl(low, DuplicateCloseOnExec, FirstFreeDescriptor), "fcntl");
            Close(low);
        }
    }

    public static void SetNonBlocking(int descriptor)
    {
        const int GetFlags = 3,
            SetFlags = 4,
            NonBlocking = 0x800;
        Check(Fcntl(descriptor, SetFlags, Check(Fcntl(descriptor, GetFlags, 0), "fcntl") | NonBlocking), "fcntl");
    }

    /// <summary>Makes the kernel send SIGKILL to a process group when the writing end of a pipe is closed.</summary>
    public static void KillWhenWriterIsGone(int readingEnd, int group)
    {
        const int SetFlags = 4,
            SetOwner = 8,
            SetSignal = 10,
            SignalOnInput = 0x2000;
        Check(Fcntl(readingEnd, SetOwner, -group), "fcntl");
        Check(Fcntl(readingEnd, SetSignal, SigKill), "fcntl");
        Check(Fcntl(readingEnd, SetFlags, SignalOnInput), "fcntl");
    }

    public static void ForbidCoreDumps(int process)
    {
        const int CoreLimit = 4;
        var none = stackalloc ulong[2] { 0, 0 };
        Check(ResourceLimit(process, CoreLimit, none, null), "prlimit");
    }

    /// <summary>Starts a program with an empty environment. The given descriptors become its 0, 1, 2 and so on, and it inherits no others.</summary>
    public static int Spawn(string path, string[] arguments, ReadOnlySpan<int> descriptors)
    {
        const short SetGroup = 2,
            SetSignalDefaults = 4,
            SetSignalMask = 8;

        // The opaque types of spawn.h take 80 and 336 bytes in glibc. Twice that leaves room for other C libraries.
        var actions = stackalloc byte[160];
        var attributes = stackalloc byte[672];
        var allSignals = stackalloc byte[128];
        new Span<byte>(allSignals, 128).Fill(0xFF);
        var argumentPointers = stackalloc byte*[arguments.Length + 1];
        var environment = stackalloc byte*[1];
        CheckSpawn(FileActionsInit(actions));
        CheckSpawn(AttributesInit(attributes));
        try
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                argumentPointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            }

            for (var i = 0; i < descriptors.Length; i++)
            {
                CheckSpawn(AddDuplicate(actions, descriptors[i], i));
            }

            CloseOthers(actions, descriptors.Length);
            CheckSpawn(SetSignalDefault(attributes, allSignals));
            CheckSpawn(SetFlags(attributes, SetGroup | SetSignalDefaults | SetSignalMask));
            int process;
            CheckSpawn(SpawnCore(&process, path, actions, attributes, argumentPointers, environment));
            return process;
        }
        finally
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                Marshal.FreeCoTaskMem((nint)argumentPointers[i]);
            }

            _ = AttributesDestroy(attributes);
            _ = FileActionsDestroy(actions);
        }
    }

    /// <summary>Waits for one of the entries. Returns false when the time passed or a signal came.</summary>
    public static bool Poll(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* raw = entries)
        {
            var found = PollCore(raw, (nuint)entries.Length, milliseconds);
            if (found < 0 && Marshal.GetLastPInvokeError() != InterruptedError)
            {
                Check(found, "poll");
            }

            if (found > 0)
            {
                return true;
            }

            foreach (ref var entry in entries)
            {
                entry.Found = 0;
            }

            return false;
        }
    }

    /// <summary>Reads what has arrived. Returns 0 at the end, and -1 when nothing has arrived yet.</summary>
    public static int Read(int descriptor, Span<byte> into)
    {
        fixed (byte* raw = into)
        {
            var count = ReadCore(descriptor, raw, (nuint)into.Length);
            if (count >= 0)
            {
                return (int)count;
            }
        }

        return Marshal.GetLastPInvokeError() is TryAgainError or InterruptedError ? -1 : throw LastError("read");
    }

    /// <summary>Writes what fits. Returns -1 when the reading end is closed.</summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> from)
    {
        fixed (byte* raw = from)
        {
            var count = WriteCore(descriptor, raw, (nuint)from.Length);
            if (count >= 0)
            {
                return (int)count;
            }
        }

        return Marshal.GetLastPInvokeError() switch
        {
            TryAgainError or InterruptedError => 0,
            BrokenPipeError => -1,
            _ => throw LastError("write"),
        };
    }

    /// <summary>Kills the process group of a child: the worker and, where the runtime's path names a wrapper script, the processes of that script.</summary>
    /// <remarks>A child that has left its group is killed alone, as a wait for its end would otherwise never return.</remarks>
    public static void KillGroup(int child)
    {
        if (KillCore(-child, SigKill) < 0 && PeekExit(child) != ChildState.Unknown)
        {
            _ = KillCore(child, SigKill);
        }
    }

    /// <summary>True for a child that has ended. Its exit code can still be read unless <see cref="WaitForExit"/> has read it.</summary>
    public static bool HasEnded(int child) => PeekExit(child) != ChildState.Running;

    /// <summary>The number of bytes that can be read now from a pipe.</summary>
    public static int CountUnread(int descriptor)
    {
        const nuint UnreadBytes = 0x541B;
        int count;
        Check(ControlCore(descriptor, UnreadBytes, &count), "ioctl");
        return count;
    }

    private static ChildState PeekExit(int child)
    {
        const int ProcessId = 1,
            NoHang = 1,
            Exited = 4,
            LeaveWaitable = 0x01000000;
        var information = stackalloc int[32]; // its first field is the signal's number, which stays 0 while the child runs
        if (WaitIdCore(ProcessId, child, information, Exited | NoHang | LeaveWaitable) < 0)
        {
            return ChildState.Unknown;
        }

        return information[0] == 0 ? ChildState.Running : ChildState.Ended;
    }

    /// <summary>Reads the exit code of a child, 128 + n after signal n, and removes its zombie. Returns null when it still runs.</summary>
    /// <remarks>The result is <see cref="UnknownExitCode"/> in a host that ignores SIGCHLD, as the kernel then discards exit codes.</remarks>
    public static int? WaitForExit(int process, bool block)
    {
        const int NoHang = 1;
        while (true)
        {
            int status;
            var found = WaitCore(process, &status, block ? 0 : NoHang);
            if (found == process)
            {
                return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
            }

            if (found == 0)
            {
                return null;
            }

            if (Marshal.GetLastPInvokeError() == NoChildError)
            {
                return UnknownExitCode;
            }

            if (Marshal.GetLastPInvokeError() != InterruptedError)
            {
                throw LastError("waitpid");
            }
        }
    }

    public static void Close(int descriptor) => _ = CloseCore(descriptor);

    private static void CloseOthers(byte* actions, int from)
    {
        // glibc 2.34 and later. Before that, only close-on-exec keeps handles from children.
        if (
            NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out var address)
            || (
                NativeLibrary.TryLoad("libc.so.6", out var library)
                && NativeLibrary.TryGetExport(library, "posix_spawn_file_actions_addclosefrom_np", out address)
            )
        )
        {
            CheckSpawn(((delegate* unmanaged<byte*, int, int>)address)(actions, from));
        }
    }

    private static int Check(int result, string call) => result >= 0 ? result : throw LastError(call);

    private static void CheckSpawn(int error)
    {
        if (error != 0)
        {
            throw new PosixException("posix_spawn", error);
        }
    }

    private static PosixException LastError(string call) => new(call, Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int PipeCore(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int ResourceLimit(int process, int resource, ulong* newLimit, ulong* oldLimit);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCore(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCore(int descriptor, byte* into, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCore(int descriptor, byte* from, nuint count);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitCore(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitIdCore(int kind, int process, int* information, int options);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlCore(int descriptor, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseCore(int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetSignalDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnCore(int* process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    private enum ChildState
    {
        Running,
        Ended,

        /// <summary>There is no such child: its exit code has been read, or the host ignores SIGCHLD.</summary>
        Unknown,
    }
}
