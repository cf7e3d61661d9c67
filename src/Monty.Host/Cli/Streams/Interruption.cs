using System.Runtime.InteropServices;

namespace Monty.Host.Cli.Streams;

/// <summary>Ctrl-C and the polite request to end, as a token: while this exists the first of them ends the script and not this process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private bool disposed;

    public Interruption() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, 15)),
        ];

    public CancellationToken Token => source.Token;

    /// <summary>The number of the first signal that came, or 0.</summary>
    public int Signal { get; private set; }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        lock (gate)
        {
            disposed = true; // a signal may be on its way still
            source.Dispose();
        }
    }

    private void Take(PosixSignalContext context, int number)
    {
        lock (gate)
        {
            // Whoever asks twice means it: the writer of the output may be stuck, which no token ends.
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
