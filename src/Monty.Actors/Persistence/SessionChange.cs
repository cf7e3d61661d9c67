using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>
/// One append of a session: its events, with the data that the store needs in the same transaction. It is the only kind of event that is persisted.
/// </summary>
/// <remarks>Immutable. Stored as <see cref="Proto.Change"/> under the manifest <c>change/1</c>.</remarks>
/// <param name="Session">The session.</param>
/// <param name="SequenceNumber">The sequence number of the append.</param>
/// <param name="FirstVersion">The version of the first event. Versions count events from 1 over the life of the session, without gaps.</param>
/// <param name="At">The time of the append, in UTC, with microsecond precision.</param>
/// <param name="Events">The events. There is at least one.</param>
internal sealed record SessionChange(
    SessionId Session,
    long SequenceNumber,
    long FirstVersion,
    DateTimeOffset At,
    EquatableArray<SessionEvent> Events
)
{
    /// <summary>The time at which the session was opened or forked, in UTC, with microsecond precision.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The interpreter after the events, or null if it did not change or is too large to be stored with them.</summary>
    public StoredDump? Dump { get; init; }

    /// <summary>The epoch of the writer. Not part of the stored bytes: the store compares it with the current claim.</summary>
    public long Epoch { get; init; }

    /// <summary>The index row of the session after the change. Not part of the stored bytes: it is derived from the events.</summary>
    public SessionSummary? Summary { get; init; }

    /// <summary>The events as they were encoded when they were staged, or null.</summary>
    public IReadOnlyList<Proto.Event>? Encoded { get; init; }

    /// <summary>The version of the last event.</summary>
    public long LastVersion => FirstVersion + Events.Count - 1;
}

/// <summary>The stored state of a session's interpreter.</summary>
/// <param name="SequenceNumber">The sequence number of the last change that it includes.</param>
/// <param name="Runtime">The version of the runtime that created the dump.</param>
/// <param name="Bytes">The dump.</param>
internal sealed record StoredDump(long SequenceNumber, string Runtime, ReadOnlyMemory<byte> Bytes);

/// <summary>A stored change that is not usable: it was damaged, moved, sealed with another key, or written by a newer engine.</summary>
/// <remarks>The serializer returns it instead of throwing, because an exception looks like a failure of the database and would be retried.</remarks>
/// <param name="Reason">The reason, for people.</param>
/// <param name="IsTampered">True if the bytes differ from those that were written under this session and sequence number.</param>
internal sealed record UnreadableChange(string Reason, bool IsTampered);
