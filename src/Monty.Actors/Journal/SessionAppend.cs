using System.Buffers;

namespace Monty.Actors;

/// <summary>One atomic change of one session.</summary>
/// <remarks>Immutable and thread-safe as long as nobody writes into its buffers.</remarks>
public sealed class SessionAppend
{
    private const int MaxKindLength = 64;
    private static readonly SearchValues<char> KindCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>A change.</summary>
    /// <param name="session">The session.</param>
    /// <param name="expectedVersion">The version of its last record; 0 to create it.</param>
    /// <param name="epoch">The writer's epoch, 1 or more.</param>
    /// <param name="records">What is added: versions go on from <paramref name="expectedVersion"/> without a gap. At least one.</param>
    /// <param name="summary">The row that sessions are found by from now on.</param>
    /// <param name="dump">The state after a record of this append or an earlier one; null keeps the dump that is stored.</param>
    /// <exception cref="ArgumentException">There is no record, a version is out of order, the dump is of a version not written yet, or a kind, label or tool name is none.</exception>
    public SessionAppend(
        SessionId session,
        long expectedVersion,
        long epoch,
        IReadOnlyList<JournalRecord> records,
        SessionSummary summary,
        JournalDump? dump = null
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        if (session == default)
        {
            throw new ArgumentException("The session id is empty.", nameof(session));
        }

        if (records.Count == 0)
        {
            throw new ArgumentException("An append holds one record at least.", nameof(records));
        }

        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Version != expectedVersion + i + 1)
            {
                throw new ArgumentException(
                    $"Record {i} has version {records[i].Version} where {expectedVersion + i + 1} is due.",
                    nameof(records)
                );
            }

            if (!IsKind(records[i].Kind) || records[i].Schema < 1)
            {
                throw new ArgumentException(
                    $"Record {i} has the kind \"{records[i].Kind}\" and schema {records[i].Schema}: a kind is 1 to {MaxKindLength} of a-z, 0-9, '.', '_' and '-', a schema is 1 or more.",
                    nameof(records)
                );
            }
        }

        if (dump?.Version > expectedVersion + records.Count)
        {
            throw new ArgumentException($"The dump is of version {dump.Version}, which this append does not reach.", nameof(dump));
        }

        summary.Check();
        (Session, ExpectedVersion, Epoch, Records, Summary, Dump) = (session, expectedVersion, epoch, records, summary, dump);
        Bytes = records.Sum(r => (long)r.Payload.Length) + (dump?.Content.Length ?? 0);
    }

    /// <summary>The session.</summary>
    public SessionId Session { get; }

    /// <summary>The version of its last record before this append.</summary>
    public long ExpectedVersion { get; }

    /// <summary>The version of its last record after this append.</summary>
    public long NextVersion => ExpectedVersion + Records.Count;

    /// <summary>The writer's epoch.</summary>
    public long Epoch { get; }

    /// <summary>What is added, in order.</summary>
    public IReadOnlyList<JournalRecord> Records { get; }

    /// <summary>The row that the session is found by.</summary>
    public SessionSummary Summary { get; }

    /// <summary>The state to start from instead of the records up to its version, or null to keep the one stored.</summary>
    public JournalDump? Dump { get; }

    /// <summary>The bytes of its records and its dump.</summary>
    internal long Bytes { get; }

    private static bool IsKind(string kind) =>
        kind is { Length: > 0 and <= MaxKindLength } && kind.AsSpan().IndexOfAnyExcept(KindCharacters) < 0;
}

/// <summary>One fact in a session's story.</summary>
/// <param name="version">Counted from 1 in each session, without gaps.</param>
/// <param name="kind">What kind of fact, such as <c>fed</c>; lower-case ASCII, never reused for another meaning.</param>
/// <param name="schema">The version of the payload's schema, 1 or more.</param>
/// <param name="payload">The fact as protobuf, and the seal's tag where one is used.</param>
/// <param name="at">When it was written, UTC, kept to the microsecond.</param>
public sealed class JournalRecord(long version, string kind, int schema, ReadOnlyMemory<byte> payload, DateTimeOffset at)
{
    /// <summary>Counted from 1 in each session, without gaps.</summary>
    public long Version { get; } = version;

    /// <summary>What kind of fact.</summary>
    public string Kind { get; } = kind;

    /// <summary>The version of the payload's schema.</summary>
    public int Schema { get; } = schema;

    /// <summary>The fact as bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>When it was written, UTC, kept to the microsecond.</summary>
    public DateTimeOffset At { get; } = at;
}

/// <summary>An interpreter's state after a record.</summary>
/// <param name="version">The version of the last record that it includes.</param>
/// <param name="runtime">The runtime's version, in whose format it is.</param>
/// <param name="content">The state, and the seal's tag where one is used.</param>
public sealed class JournalDump(long version, string runtime, ReadOnlyMemory<byte> content)
{
    /// <summary>The version of the last record that it includes.</summary>
    public long Version { get; } = version;

    /// <summary>The runtime's version, in whose format it is.</summary>
    public string Runtime { get; } = runtime;

    /// <summary>The state as bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; } = content;
}

/// <summary>What became of an append.</summary>
public enum AppendResult
{
    /// <summary>It is durable.</summary>
    Appended,

    /// <summary>The session is at another version than expected; nothing was written.</summary>
    VersionConflict,

    /// <summary>An owner with a higher epoch has the session; nothing was written, and this owner must stop.</summary>
    Fenced,
}
