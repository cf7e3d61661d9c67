namespace Monty.Actors;

/// <summary>The base class of storage errors. Thrown when a store cannot be reached, is full or read-only, or returned invalid data.</summary>
public class SessionStoreException : Exception
{
    /// <summary>Creates an exception with a message and an optional cause.</summary>
    public SessionStoreException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}

/// <summary>Another engine owns the store.</summary>
public sealed class StoreOwnedException(string message, string holder) : SessionStoreException(message)
{
    /// <summary>The name of the owner: its machine and process.</summary>
    public string Holder { get; } = holder;
}

/// <summary>
/// Another engine has claimed the store and owns the session. This engine did not apply the command. Send it again, under the same id, to the other engine.
/// </summary>
public sealed class SessionFencedException : SessionStoreException
{
    internal SessionFencedException(SessionId session, long epoch)
        : base(
            $"A change of {session} was not stored: another engine has claimed the store after epoch {epoch}. Send the command again to that engine."
        ) => Session = session;

    /// <summary>The session.</summary>
    public SessionId Session { get; }
}

/// <summary>The database refuses one change of a batch because of its content. That change is certainly not stored.</summary>
internal sealed class ChangeRefusedException(string message, Exception? innerException) : SessionStoreException(message, innerException);

/// <summary>
/// The history of a session is not readable, because it is damaged, was changed in the store, or was written by a newer engine. Other sessions are not
/// affected.
/// </summary>
public sealed class SessionUnreadableException : SessionStoreException
{
    internal SessionUnreadableException(string message, SessionId session, bool isTampered)
        : base(message)
    {
        Session = session;
        IsTampered = isTampered;
    }

    /// <summary>The session.</summary>
    public SessionId Session { get; }

    /// <summary>True if the stored bytes differ from those that were written under this session and sequence number.</summary>
    public bool IsTampered { get; }
}
