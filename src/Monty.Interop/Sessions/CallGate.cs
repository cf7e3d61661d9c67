namespace Monty.Interop.Sessions;

/// <summary>Lets one call of a session in at a time, and none once it is closed.</summary>
/// <remarks>Thread-safe. A call marks itself first and looks for the end of the session then; closing does it the other way round, so that one of them sees the other.</remarks>
internal sealed class CallGate
{
    private int inCall;
    private bool closed;

    /// <summary>True when no call is let in any more.</summary>
    public bool IsClosed => Volatile.Read(ref closed);

    /// <summary>Begins a call, which ends when the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    public Call Enter()
    {
        if (IsClosed)
        {
            throw MontySession.CreateDisposedException();
        }

        if (Interlocked.Exchange(ref inCall, 1) != 0)
        {
            throw new InvalidOperationException(
                "Another call of this session is under way. A session takes one call at a time; open one session for each thing that runs at once."
            );
        }

        if (!IsClosed)
        {
            return new Call(this);
        }

        Volatile.Write(ref inCall, 0);
        throw MontySession.CreateDisposedException();
    }

    /// <summary>Lets no further call in.</summary>
    /// <param name="interrupts">True when a call is under way.</param>
    /// <returns>False when it was closed before.</returns>
    public bool TryClose(out bool interrupts)
    {
        var first = !Interlocked.Exchange(ref closed, true);
        interrupts = Volatile.Read(ref inCall) != 0;
        return first;
    }

    /// <summary>A call under way.</summary>
    public readonly struct Call(CallGate gate) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref gate.inCall, 0);
    }
}
