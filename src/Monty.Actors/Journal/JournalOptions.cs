namespace Monty.Actors;

/// <summary>What every store takes and how it groups its commits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public record JournalOptions
{
    /// <summary>A page of records takes no more once it holds so many bytes.</summary>
    internal const int MaxPageBytes = 8 << 20;

    /// <summary>The largest record, in bytes; one that is stored and larger is not read, so do not lower it below what was written. Default: 16 MiB.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>The largest dump, in bytes; one that is stored and larger is not read, and the records rebuild it. Default: 256 MiB.</summary>
    public int MaxDumpBytes { get; init; } = 256 << 20;

    /// <summary>The most that one append may hold, records and dump together, in bytes. Default: 512 MiB.</summary>
    public int MaxAppendBytes { get; init; } = 512 << 20;

    /// <summary>Writes that wait for a commit; more of them wait for room. Default: 10,000.</summary>
    public int MaxQueuedWrites { get; init; } = 10_000;

    /// <summary>The most writes in one commit. Default: 1,000.</summary>
    public int MaxCommitWrites { get; init; } = 1_000;

    /// <summary>A commit takes no more writes once it holds so many bytes. Default: 8 MiB.</summary>
    public int MaxCommitBytes { get; init; } = 8 << 20;

    /// <summary>
    /// How long a commit waits for company. Default: zero, as writes that come while a commit runs share the next one anyway; more makes
    /// commits fewer and every write slower.
    /// </summary>
    public TimeSpan CommitDelay { get; init; }

    /// <summary>The clock of <see cref="CommitDelay"/>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal JournalLimits Limits => new(MaxRecordBytes, MaxDumpBytes, MaxAppendBytes);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecordBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDumpBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAppendBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedWrites, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitWrites, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommitDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CommitDelay, TimeSpan.FromSeconds(10));
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    /// <exception cref="JournalLimitException">The append is larger than the options allow.</exception>
    internal void CheckLimits(SessionAppend append)
    {
        if (Limits.Find(append.Records, append.Dump?.Content.Length ?? 0) is var (why, limit))
        {
            throw new JournalLimitException(
                $"An append to {append.Session} is too large: {why}. Nothing was written. Make it smaller, or raise {limit}."
            );
        }
    }
}
