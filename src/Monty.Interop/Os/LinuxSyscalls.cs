using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monty.Interop.Os;

/// <summary>Linux system calls that open and change files below an open directory. Failures throw <see cref="FileError"/>.</summary>
[SupportedOSPlatform("linux")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
internal static unsafe partial class LinuxSyscalls
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoControllingTerminal = 0x100;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public static readonly int Directory = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    private const int OpenAt2Number = 437; // The number is the same on all architectures.
    private const int NotImplemented = 38;
    private const int CrossDevice = 18;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int ThisDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int NoFollowLink = 0x100;
    private const int RemoveDirectoryFlag = 0x200;
    private const uint BasicStats = 0x7FF;
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymlinks = 0x04;
    private const ulong Beneath = 0x08;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Opens the root directory of a mount.</summary>
    public static SafeFileHandle OpenRoot(string folder) =>
        CreateHandle(OpenAt(ThisDirectory, folder, PathOnly | Directory | CloseOnExec, 0));

    /// <summary>Opens a path below a directory. The kernel refuses a path that leads out of the directory, even when links change at the same time.</summary>
    public static SafeFileHandle OpenBeneath(SafeFileHandle root, string path, int flags, bool followLinks)
    {
        var how = stackalloc ulong[3];
        how[0] = (ulong)(flags | CloseOnExec);
        how[1] = 0;
        how[2] = Beneath | NoMagicLinks | (followLinks ? 0 : NoSymlinks);
        var bytes = Encoding.UTF8.GetBytes(path + '\0');
        for (var attempts = 0; ; attempts++)
        {
            nint descriptor;
            fixed (byte* raw = bytes)
            {
                descriptor = OpenAt2(OpenAt2Number, root, raw, how, 3 * sizeof(ulong));
            }

            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            var error = Marshal.GetLastPInvokeError();
            if ((error == TryAgain && attempts < 1000) || error == Interrupted)
            {
                continue; // A rename happened while the kernel resolved the path.
            }

            if (error == NotImplemented)
            {
                throw new PlatformNotSupportedException(
                    "Cannot mount a folder: the system does not support openat2, which needs Linux 5.6 or later. Use MontyMount.InMemory instead."
                );
            }

            throw new FileError(error is CrossDevice or TryAgain ? Errno.NoAccess : (Errno)error);
        }
    }

    /// <summary>Opens the file of a handle again, for reading or writing. It is the same file, even when its path has changed.</summary>
    public static SafeFileHandle Reopen(SafeFileHandle handle, int flags) =>
        CreateHandle(OpenAt(ThisDirectory, GetPath(handle), flags | CloseOnExec | NoControllingTerminal | NonBlocking, 0));

    public static SafeFileHandle CreateFile(SafeFileHandle parent, string name) =>
        CreateHandle(
            OpenAtHandle(
                parent,
                name,
                WriteOnly | Append | Create | Exclusive | NoFollow | NoControllingTerminal | CloseOnExec,
                0b110_110_110
            )
        );

    /// <summary>Returns a path that refers to exactly the file of a handle.</summary>
    public static string GetPath(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";

    /// <summary>Returns the properties of an open file.</summary>
    public static FileEntry Stat(SafeFileHandle handle) => Stat(handle, "", EmptyPath);

    /// <summary>Returns the properties of an entry in a directory, without following a link.</summary>
    public static FileEntry StatEntry(SafeFileHandle parent, string name) => Stat(parent, name, NoFollowLink);

    public static void MakeDirectory(SafeFileHandle parent, string name) => ThrowIfFailed(MakeDirectoryAt(parent, name, 0b111_111_111));

    public static void RemoveFile(SafeFileHandle parent, string name) => ThrowIfFailed(UnlinkAt(parent, name, 0));

    public static void RemoveDirectory(SafeFileHandle parent, string name) => ThrowIfFailed(UnlinkAt(parent, name, RemoveDirectoryFlag));

    public static void Rename(SafeFileHandle from, string name, SafeFileHandle to, string target) =>
        ThrowIfFailed(RenameAt(from, name, to, target));

    private static FileEntry Stat(SafeFileHandle handle, string name, int flags)
    {
        const int KindMask = 0xF000,
            RegularFile = 0x8000,
            DirectoryKind = 0x4000,
            LinkKind = 0xA000;
        Span<byte> stat = stackalloc byte[256]; // The layout of struct statx is the same on all architectures.
        fixed (byte* raw = stat)
        {
            ThrowIfFailed(StatX(handle, name, flags, BasicStats, raw));
        }

        var mode = BitConverter.ToUInt16(stat[28..]);
        var size = BitConverter.ToInt64(stat[40..]);
        var modified = BitConverter.ToInt64(stat[112..]) + (BitConverter.ToUInt32(stat[120..]) / 1e9);
        var kind = (mode & KindMask) switch
        {
            RegularFile => EntryKind.File,
            DirectoryKind => EntryKind.Directory,
            LinkKind => EntryKind.Link,
            _ => EntryKind.Other,
        };
        return new FileEntry(kind, size, mode, modified);
    }

    private static SafeFileHandle CreateHandle(int descriptor)
    {
        ThrowIfFailed(descriptor);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            throw new FileError((Errno)Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt2(nint number, SafeFileHandle directory, byte* path, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtHandle(SafeFileHandle directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, byte* into);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectoryAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle from, string name, SafeFileHandle to, string target);
}
