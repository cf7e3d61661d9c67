using System.Runtime.InteropServices;

namespace Monty.Host.Cli.Streams;

/// <summary>Turns SIGINT (Ctrl-C) and SIGTERM into a cancellation token.</summary>
/// <remarks>While this object exists, the first signal ends the script and not this process.</remarks>
internal sealed class Interruption : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private bool disposed;

    public Interruption() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => HandleSignal(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => HandleSignal(context, 15)),
        ];

    public CancellationToken Token => source.Token;

    /// <summary>The number of the first signal that arrived, or 0.</summary>
    public int Signal { get; private set; }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        lock (gate)
        {
            disposed = true; // A signal handler may still be running.
            source.Dispose();
        }
    }

    private void HandleSignal(PosixSignalContext context, int number)
    {
        lock (gate)
        {
            // The second signal ends the process, because a blocked write to standard output cannot be canceled.
            context.Cancel = Signal == 0;
            if (disposed || Signal != 0)
            {
                return;
            }

            Signal = number;
            source.Cancel();
        }
    }
}
