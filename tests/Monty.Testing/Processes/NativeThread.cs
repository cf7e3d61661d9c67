using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>A thread of the operating system, which ends shortly after its managed <see cref="Thread"/>.</summary>
/// <param name="Id">The id of the thread in the kernel.</param>
[SupportedOSPlatform("linux")]
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
public sealed partial record NativeThread(int Id)
{
    /// <summary>The calling thread.</summary>
    public static NativeThread Current => new(IdCore());

    /// <summary>Returns the threads of this process whose names start with this prefix. The kernel keeps only 15 characters of a name.</summary>
    public static IReadOnlyList<NativeThread> OwnNamed(string prefix) =>
        [
            .. Directory
                .EnumerateDirectories("/proc/self/task")
                .Where(t => NameOf(t).StartsWith(prefix, StringComparison.Ordinal))
                .Select(t => new NativeThread(int.Parse(Path.GetFileName(t), CultureInfo.InvariantCulture))),
        ];

    /// <summary>Waits until the thread has ended in the kernel.</summary>
    /// <returns>False when the thread was still running after <paramref name="timeout"/>.</returns>
    /// <remarks>Polls, because Linux has no notification for the end of a thread before version 6.9.</remarks>
    public bool WaitForEnd(TimeSpan timeout) =>
        SpinWait.SpinUntil(() => !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Id}")), timeout);

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return ""; // The thread has ended in the meantime.
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int IdCore();
}
