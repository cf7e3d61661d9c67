namespace Monty.Actors;

/// <summary>Converts times to and from the form that stores keep: microseconds since 1970, in UTC.</summary>
internal static class Microseconds
{
    public static long From(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset ToTime(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Returns true if a number represents a time.</summary>
    public static bool IsTime(long microseconds) =>
        microseconds >= From(DateTimeOffset.MinValue) && microseconds <= From(DateTimeOffset.MaxValue);

    /// <summary>Returns the day of a time, as used by the index by age.</summary>
    public static int Day(long microseconds) => (int)(microseconds / TimeSpan.MicrosecondsPerDay);

    /// <summary>Returns the time as a store returns it, with microsecond precision.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => ToTime(From(time));

    /// <summary>Returns the summary as a store returns it, with microsecond precision.</summary>
    public static SessionSummary Cut(SessionSummary summary) =>
        summary with
        {
            CreatedAt = Cut(summary.CreatedAt),
            ChangedAt = Cut(summary.ChangedAt),
            DueAt = summary.DueAt is { } due ? Cut(due) : null,
        };
}
