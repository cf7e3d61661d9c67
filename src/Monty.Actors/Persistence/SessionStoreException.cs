namespace Monty.Actors;

/// <summary>A store could not be reached, is full or read-only, or returned invalid data.</summary>
public class SessionStoreException : Exception
{
    /// <summary>Creates an exception with its cause.</summary>
    public SessionStoreException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}

/// <summary>Another engine owns the store.</summary>
public sealed class StoreOwnedException(string message, string holder) : SessionStoreException(message)
{
    /// <summary>The owner, as it called itself.</summary>
    public string Holder { get; } = holder;
}

/// <summary>Another engine has claimed the store since, and owns the session. The command was not applied by this engine: send it again, under the same id, to the other one.</summary>
public sealed class SessionFencedException : SessionStoreException
{
    internal SessionFencedException(SessionId session, long epoch)
        : base($"A change of {session} was not stored: another engine has claimed the store since epoch {epoch}.") => Session = session;

    /// <summary>The session.</summary>
    public SessionId Session { get; }
}

/// <summary>The database refuses one change of a batch for what the change holds. That change is certainly not stored.</summary>
internal sealed class ChangeRefusedException(string message, Exception? innerException) : SessionStoreException(message, innerException);

/// <summary>The history of a session cannot be read: it is damaged, was changed in the store, or was written by a newer engine. Other sessions go on.</summary>
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

    /// <summary>True when the stored bytes are not what was written under this session and sequence number.</summary>
    public bool IsTampered { get; }
}
