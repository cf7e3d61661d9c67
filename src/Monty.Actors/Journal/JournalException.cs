namespace Monty.Actors;

/// <summary>A store could not be reached, is full or read-only, or gave something that cannot be.</summary>
public class JournalException : Exception
{
    /// <summary>A failure with its cause.</summary>
    public JournalException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}

/// <summary>A record or dump is larger than the store takes; nothing was written.</summary>
public sealed class JournalLimitException(string message) : JournalException(message);

/// <summary>The store refuses one write of a commit for what the write or its rows hold; nothing of the commit was written.</summary>
internal sealed class WriteRefusedException(string message, Exception? innerException) : JournalException(message, innerException);

/// <summary>Another engine owns the store.</summary>
public sealed class JournalOwnedException(string message, string holder) : JournalException(message)
{
    /// <summary>Who owns it, as it called itself.</summary>
    public string Holder { get; } = holder;
}

/// <summary>A stored record is not what was written: it was changed, moved or damaged, or the key is another.</summary>
public sealed class JournalTamperedException(string message, SessionId session, long version) : JournalException(message)
{
    /// <summary>The session whose record it is.</summary>
    public SessionId Session { get; } = session;

    /// <summary>The version of the record.</summary>
    public long Version { get; } = version;
}

/// <summary>A session's story cannot be read: a newer engine wrote it, or it was damaged. Sending the command again does not help before it is mended; other sessions go on.</summary>
public sealed class JournalUnreadableException(string message, Exception? innerException = null)
    : JournalException(message, innerException);
