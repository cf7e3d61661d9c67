using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Monty.Actors.Sqlite;

/// <summary>A lock on one byte of the database file, far after its content and the bytes that SQLite locks. Linux only.</summary>
/// <remarks>
/// The lock is an open file description lock. It belongs to the descriptor and not to the process, so SQLite, which opens and closes the same file, does not
/// end it. Because the lock is on the file itself, every path to the file leads to it, and there is no lock file that could be deleted.
/// </remarks>
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
internal sealed partial class DatabaseFileLock : IFileLock
{
    private const int GetLock = 36; // F_OFD_GETLK
    private const int SetLock = 37; // F_OFD_SETLK
    private const short Write = 1; // F_WRLCK
    private const short None = 2; // F_UNLCK
    private const long Byte = 1L << 62;
    private const int TryAgain = 11;
    private readonly SafeFileHandle file;

    private DatabaseFileLock(SafeFileHandle file) => this.file = file;

    /// <summary>Opens the file for locking. Returns null if the system has no such locks.</summary>
    /// <exception cref="SessionStoreException">The process does not have permission to write to the file.</exception>
    public static DatabaseFileLock? TryOpen(string path)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SessionStoreException(
                "Opening the store failed: the database file cannot be opened for writing. Give the process write permission.",
                exception
            );
        }

        var opened = new DatabaseFileLock(file);
        if (opened.Control(GetLock, Write) == 0)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    public bool TryTake() =>
        Control(SetLock, Write) switch
        {
            0 => true,
            TryAgain => false,
            var error => throw new SessionStoreException(
                $"Claiming the store failed: its file system does not lock files ({Marshal.GetPInvokeErrorMessage(error)}). Move the database to a local disk."
            ),
        };

    public void Release() => Control(SetLock, None);

    public void Dispose() => file.Dispose();

    private int Control(int command, short type)
    {
        var region = new Region
        {
            Type = type,
            Start = Byte,
            Length = 1,
        };
        return ControlCore(file, command, ref region) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlCore(SafeFileHandle file, int command, ref Region region);

    /// <summary><c>struct flock</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Region
    {
        public short Type;
        public short Whence; // 0: from the start of the file
        public long Start;
        public long Length;
        public int Process; // must be 0 for this kind of lock
    }
}
