using Monty.Interop;

namespace Monty.Actors.Persistence;

/// <summary>One append of a session: its events, and with them what the store needs in the same transaction. The only kind of event that is persisted.</summary>
/// <remarks>Immutable. Stored as <see cref="Proto.Change"/> under the manifest <c>change/1</c>.</remarks>
/// <param name="Session">The session.</param>
/// <param name="SequenceNumber">The sequence number that it is written under.</param>
/// <param name="FirstVersion">The version of the first event. Events are counted from 1 over the life of the session, without gaps.</param>
/// <param name="At">When it was written, UTC, to the microsecond.</param>
/// <param name="Events">The events; at least one.</param>
internal sealed record SessionChange(
    SessionId Session,
    long SequenceNumber,
    long FirstVersion,
    DateTimeOffset At,
    EquatableArray<SessionEvent> Events
)
{
    /// <summary>When the session was opened or forked, UTC, to the microsecond.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The interpreter after the events; null where it did not change or is too large to travel along.</summary>
    public StoredDump? Dump { get; init; }

    /// <summary>The epoch of the writer. Not part of the stored bytes: the store compares it with the claim.</summary>
    public long Epoch { get; init; }

    /// <summary>The row that the session is found by from now on. Not part of the stored bytes: it follows from the events.</summary>
    public SessionSummary? Summary { get; init; }

    /// <summary>The events as they were encoded when they were staged; null where that was not done.</summary>
    public IReadOnlyList<Proto.Event>? Encoded { get; init; }

    /// <summary>The version of the last event.</summary>
    public long LastVersion => FirstVersion + Events.Count - 1;
}

/// <summary>The state of a session's interpreter, as it is stored.</summary>
/// <param name="SequenceNumber">The sequence number of the last change that it includes.</param>
/// <param name="Runtime">The version of the runtime that made it.</param>
/// <param name="Bytes">The dump.</param>
internal sealed record StoredDump(long SequenceNumber, string Runtime, ReadOnlyMemory<byte> Bytes);

/// <summary>A stored change that cannot be used: damaged, moved, sealed with another key, or written by a newer engine.</summary>
/// <remarks>Deserializing gives this instead of throwing, because an exception looks like a failure of the database and would be retried.</remarks>
/// <param name="Reason">Why, for people.</param>
/// <param name="IsTampered">True when the bytes are not what was written under this session and sequence number.</param>
internal sealed record UnreadableChange(string Reason, bool IsTampered);
