using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>A thread as the kernel has it, which outlives its managed <see cref="Thread"/> by a moment.</summary>
/// <param name="Id">The kernel's id.</param>
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

    /// <summary>Waits until the kernel has ended the thread.</summary>
    /// <returns>False when it still ran after <paramref name="timeout"/>.</returns>
    /// <remarks>Polls: before Linux 6.9 nothing tells of a thread's end.</remarks>
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
