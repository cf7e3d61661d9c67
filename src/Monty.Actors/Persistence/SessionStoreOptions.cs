namespace Monty.Actors;

/// <summary>The limits of a store and the size of its commits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public record SessionStoreOptions
{
    /// <summary>
    /// The largest change, in bytes. A change is everything that one turn or one command stores. If a turn exceeds the limit, its feed fails; a command that
    /// exceeds it is refused. Default: 64 MiB.
    /// </summary>
    public int MaxChangeBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The largest snapshot, in bytes, including the interpreter's state. If a session exceeds the limit, it is rebuilt from its history instead. Default:
    /// 256 MiB.
    /// </summary>
    public int MaxSnapshotBytes { get; init; } = 256 << 20;

    /// <summary>The maximum number of changes in one commit. Default: 1,000.</summary>
    public int MaxCommitWrites { get; init; } = 1_000;

    /// <summary>The size, in bytes, after which a commit takes no further change. Default: 8 MiB.</summary>
    public int MaxCommitBytes { get; init; } = 8 << 20;

    /// <summary>
    /// The largest row that is read. It has room for the header of a change, and for the small events that a session stores whatever their size: a
    /// quarantine, a cancel and a close.
    /// </summary>
    internal long MaxRowBytes => (long)MaxChangeBytes + (1 << 20);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChangeBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSnapshotBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitWrites, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitBytes, 1);
    }
}
