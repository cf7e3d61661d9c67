namespace Monty.Actors;

/// <summary>A row of the journal or of the snapshots, in the layout of Akka.Persistence.Sql.</summary>
/// <param name="SequenceNumber">The sequence number.</param>
/// <param name="At">The time of writing, in UTC, with microsecond precision.</param>
/// <param name="Payload">The serialized bytes.</param>
/// <param name="SerializerId">The serializer's identifier.</param>
/// <param name="Manifest">The serializer's manifest.</param>
/// <param name="WriterId">
/// The id of the actor incarnation that wrote the row, or empty for a snapshot. An incarnation writes each sequence number once.
/// </param>
internal sealed record StoredRow(
    long SequenceNumber,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Payload,
    int SerializerId,
    string Manifest,
    string WriterId = ""
);

/// <summary>A change to be written with the next commit.</summary>
/// <param name="PersistenceId">The session's persistence id.</param>
/// <param name="Session">The session.</param>
/// <param name="Row">The row of the journal.</param>
/// <param name="Epoch">The writer's epoch.</param>
/// <param name="Version">The version of the last event in the change.</param>
/// <param name="Summary">The index row of the session.</param>
internal sealed record ChangeWrite(string PersistenceId, SessionId Session, StoredRow Row, long Epoch, long Version, SessionSummary Summary)
{
    /// <summary>The outcome, which the store sets before <see cref="SessionStore.Write"/> returns.</summary>
    public WriteOutcome Outcome { get; set; }
}

/// <summary>The result of writing a change.</summary>
internal enum WriteOutcome
{
    /// <summary>The change is durable.</summary>
    Stored,

    /// <summary>The sequence number is used by another writer, or does not follow the highest one. Nothing of the change was written.</summary>
    Conflict,

    /// <summary>The store was claimed with a higher epoch. Nothing of the change was written.</summary>
    Fenced,
}
