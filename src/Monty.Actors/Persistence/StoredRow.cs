namespace Monty.Actors;

/// <summary>A row of the journal or of the snapshots, as Akka.Persistence.Sql lays it out.</summary>
/// <param name="SequenceNumber">The sequence number.</param>
/// <param name="At">When it was written, UTC, to the microsecond.</param>
/// <param name="Payload">The bytes, as the serializer made them.</param>
/// <param name="SerializerId">The serializer's identifier.</param>
/// <param name="Manifest">The serializer's manifest.</param>
/// <param name="WriterId">The incarnation of the session's actor that wrote it; empty for a snapshot. An incarnation writes each sequence number once.</param>
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
/// <param name="Version">The version of its last event.</param>
/// <param name="Summary">The session's row of the index.</param>
internal sealed record ChangeWrite(string PersistenceId, SessionId Session, StoredRow Row, long Epoch, long Version, SessionSummary Summary)
{
    /// <summary>Set by the store before <see cref="SessionStore.Write"/> returns.</summary>
    public WriteOutcome Outcome { get; set; }
}

/// <summary>The result of writing a change.</summary>
internal enum WriteOutcome
{
    /// <summary>It is durable.</summary>
    Stored,

    /// <summary>Its sequence number is taken by another writer, or does not follow the highest one. Nothing of it was written.</summary>
    Conflict,

    /// <summary>The store was claimed with a higher epoch. Nothing of it was written.</summary>
    Fenced,
}
