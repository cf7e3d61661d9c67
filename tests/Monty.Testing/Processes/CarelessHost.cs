using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>Makes this process hand on what it should not to a child that takes no care: core dumps, an open handle, a secret. Undone when disposed.</summary>
[SupportedOSPlatform("linux")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
public sealed unsafe partial class CarelessHost : IDisposable
{
    /// <summary>An environment variable that is set meanwhile.</summary>
    public const string Secret = "MONTY_TEST_SECRET";

    private const int CoreLimit = 4;
    private readonly ulong softBefore;
    private readonly ulong hardBefore;
    private readonly int handle;

    /// <summary>Allows core dumps of a megabyte, and opens a handle that children inherit.</summary>
    /// <exception cref="UnauthorizedAccessException">The hard limit forbids core dumps, and the user may not raise it.</exception>
    public CarelessHost()
    {
        var limit = stackalloc ulong[2];
        _ = LimitCore(0, CoreLimit, null, limit);
        softBefore = limit[0];
        hardBefore = limit[1];
        (limit[0], limit[1]) = (1 << 20, Math.Max(hardBefore, 1 << 20));
        if (LimitCore(0, CoreLimit, limit, null) < 0)
        {
            throw new UnauthorizedAccessException("The core limit cannot be raised here.");
        }

        handle = DuplicateCore(0);
        Environment.SetEnvironmentVariable(Secret, "must not be inherited");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var limit = stackalloc ulong[2] { softBefore, hardBefore };
        _ = LimitCore(0, CoreLimit, limit, null);
        _ = CloseCore(handle);
        Environment.SetEnvironmentVariable(Secret, null);
    }

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int LimitCore(int process, int resource, ulong* newLimit, ulong* oldLimit);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int DuplicateCore(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseCore(int descriptor);
}
