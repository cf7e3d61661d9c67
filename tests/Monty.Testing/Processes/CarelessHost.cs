using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>Gives this process properties that children must not inherit: a core dump limit, an open handle, and a secret in the environment. Disposing it restores the process.</summary>
[SupportedOSPlatform("linux")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
public sealed unsafe partial class CarelessHost : IDisposable
{
    /// <summary>The name of the environment variable with the secret.</summary>
    public const string Secret = "MONTY_TEST_SECRET";

    private const int CoreLimit = 4;
    private readonly ulong softBefore;
    private readonly ulong hardBefore;
    private readonly int handle;

    /// <summary>Allows core dumps of one megabyte, opens a handle that children inherit, and sets the environment variable.</summary>
    /// <exception cref="UnauthorizedAccessException">The hard limit does not allow core dumps, and the user may not raise it.</exception>
    public CarelessHost()
    {
        var limit = stackalloc ulong[2];
        _ = LimitCore(0, CoreLimit, null, limit);
        softBefore = limit[0];
        hardBefore = limit[1];
        limit[0] = 1 << 20;
        limit[1] = Math.Max(hardBefore, 1 << 20);
        if (LimitCore(0, CoreLimit, limit, null) < 0)
        {
            throw new UnauthorizedAccessException("The limit on core dumps cannot be raised. Run the test with a higher hard limit.");
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
