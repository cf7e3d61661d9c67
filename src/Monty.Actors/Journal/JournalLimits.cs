namespace Monty.Actors;

/// <summary>The largest that a journal takes; an append beyond it is a <see cref="JournalLimitException"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="MaxRecordBytes">The largest record, in bytes.</param>
/// <param name="MaxDumpBytes">The largest dump, in bytes.</param>
/// <param name="MaxAppendBytes">The most that one append may hold, records and dump together, in bytes.</param>
/// <param name="AddedBytes">What is added to each record and dump before it is stored, in bytes, such as a seal.</param>
public sealed record JournalLimits(int MaxRecordBytes, int MaxDumpBytes, int MaxAppendBytes, int AddedBytes = 0)
{
    /// <summary>Why records and a dump could not be stored in one append; null when they can.</summary>
    internal string? WhyTooLarge(IReadOnlyCollection<JournalRecord> records, long dumpBytes) => Find(records, dumpBytes)?.Why;

    /// <summary>Why records and a dump could not be stored in one append, and the name of the limit; null when they can.</summary>
    internal (string Why, string Limit)? Find(IReadOnlyCollection<JournalRecord> records, long dumpBytes)
    {
        var all = dumpBytes == 0 ? 0 : dumpBytes + AddedBytes;
        if (all > MaxDumpBytes)
        {
            return TooLarge("the interpreter", dumpBytes, MaxDumpBytes, nameof(MaxDumpBytes));
        }

        foreach (var record in records)
        {
            if (record.Payload.Length + AddedBytes > MaxRecordBytes)
            {
                return TooLarge(
                    $"a record of what happened ({record.Kind})",
                    record.Payload.Length,
                    MaxRecordBytes,
                    nameof(MaxRecordBytes)
                );
            }

            all += record.Payload.Length + AddedBytes;
        }

        return all > MaxAppendBytes ? TooLarge("all that happened at once", all, MaxAppendBytes, nameof(MaxAppendBytes)) : null;
    }

    private static (string Why, string Limit) TooLarge(string what, long size, int most, string limit) =>
        ($"{what} has {size} bytes where the journal takes {most}", limit);
}
