using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Monty.Host.Tests.Support;

/// <summary>Sends signals to processes.</summary>
[SuppressMessage(
    "Interoperability",
    "CA5392:Use DefaultDllImportSearchPaths attribute for P/Invokes",
    Justification = "libc is resolved by the system's loader."
)]
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    public static void Send(int process, int number)
    {
        if (Kill(process, number) != 0)
        {
            throw new InvalidOperationException($"Signal {number} cannot be sent to process {process}: it has ended.");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int number);
}
