namespace Monty.Interop.Sessions;

/// <summary>Allows one call of a session at a time, and no call after the gate is closed.</summary>
/// <remarks>Thread-safe. A call first sets its mark and then checks whether the gate is closed. Closing does the same in the opposite order, so at least one of them sees the other.</remarks>
internal sealed class CallGate
{
    private int inCall;
    private bool closed;

    /// <summary>True when no further call is allowed.</summary>
    public bool IsClosed => Volatile.Read(ref closed);

    /// <summary>Begins a call, which ends when the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call is in progress.</exception>
    public Call Enter()
    {
        if (IsClosed)
        {
            throw MontySession.CreateDisposedException();
        }

        if (Interlocked.Exchange(ref inCall, 1) != 0)
        {
            throw new InvalidOperationException(
                "Another call of this session is in progress. A session runs one call at a time. Await the call, or open a session for each concurrent task."
            );
        }

        if (!IsClosed)
        {
            return new Call(this);
        }

        Volatile.Write(ref inCall, 0);
        throw MontySession.CreateDisposedException();
    }

    /// <summary>Closes the gate, so that no further call is allowed.</summary>
    /// <param name="interrupts">True when a call is in progress.</param>
    /// <returns>False when the gate was closed before.</returns>
    public bool TryClose(out bool interrupts)
    {
        var first = !Interlocked.Exchange(ref closed, true);
        interrupts = Volatile.Read(ref inCall) != 0;
        return first;
    }

    /// <summary>A call in progress.</summary>
    public readonly struct Call(CallGate gate) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref gate.inCall, 0);
    }
}
