namespace Monty.Actors;

/// <summary>The limits of a store, and how it groups its commits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public record SessionStoreOptions
{
    /// <summary>The largest change, in bytes: what one turn or one command stores at once. Larger ones fail their feed or are refused. Default: 64 MiB.</summary>
    public int MaxChangeBytes { get; init; } = 64 << 20;

    /// <summary>The largest snapshot, in bytes, with the interpreter's state in it. A session that has a larger one is rebuilt from its history. Default: 256 MiB.</summary>
    public int MaxSnapshotBytes { get; init; } = 256 << 20;

    /// <summary>The most changes in one commit. Default: 1,000.</summary>
    public int MaxCommitWrites { get; init; } = 1_000;

    /// <summary>A commit takes no more changes once it holds so many bytes. Default: 8 MiB.</summary>
    public int MaxCommitBytes { get; init; } = 8 << 20;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChangeBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSnapshotBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitWrites, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitBytes, 1);
    }
}
