namespace Monty.Actors;

/// <summary>Times as stores keep them: microseconds since 1970, UTC.</summary>
internal static class Microseconds
{
    public static long From(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset ToTime(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>True for a number that stands for a time.</summary>
    public static bool IsTime(long microseconds) =>
        microseconds >= From(DateTimeOffset.MinValue) && microseconds <= From(DateTimeOffset.MaxValue);

    /// <summary>The day of a time, as the index by age has it.</summary>
    public static int Day(long microseconds) => (int)(microseconds / TimeSpan.MicrosecondsPerDay);

    /// <summary>The time that a store gives back.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => ToTime(From(time));

    /// <summary>The summary that a store gives back.</summary>
    public static SessionSummary Cut(SessionSummary summary) =>
        summary with
        {
            CreatedAt = Cut(summary.CreatedAt),
            ChangedAt = Cut(summary.ChangedAt),
            DueAt = summary.DueAt is { } due ? Cut(due) : null,
        };
}
