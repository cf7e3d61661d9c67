namespace Monty.Interop.Values.Clr;

/// <summary>Python's dates and times to .NET's and back. What is finer than a microsecond is dropped, towards the past.</summary>
/// <remarks>The members that read answer null for what the CLR type cannot hold.</remarks>
internal static class ClrTimes
{
    private const int LargestClrOffset = 14 * 3600;
    private const long MicrosecondsPerDay = 86_400_000_000;

    public static MontyDate Convert(DateOnly date) => new(date.Year, date.Month, date.Day);

    public static MontyTime Convert(TimeOnly time) =>
        new(time.Hour, time.Minute, time.Second, (time.Millisecond * 1000) + time.Microsecond);

    public static MontyDateTime Convert(DateTime moment) =>
        moment.Kind == DateTimeKind.Unspecified ? Convert(moment, null) : Convert(new DateTimeOffset(moment));

    public static MontyDateTime Convert(DateTimeOffset moment) => Convert(moment.DateTime, (int)moment.Offset.TotalSeconds);

    public static MontyTimeDelta Convert(TimeSpan span)
    {
        var (microseconds, finer) = Math.DivRem(span.Ticks, TimeSpan.TicksPerMicrosecond);
        if (finer < 0)
        {
            microseconds--;
        }

        var (days, rest) = Math.DivRem(microseconds, MicrosecondsPerDay);
        if (rest < 0)
        {
            days = days - 1;
            rest = rest + MicrosecondsPerDay;
        }

        return new((int)days, (int)(rest / 1_000_000), (int)(rest % 1_000_000));
    }

    public static DateOnly? Read(MontyDate date) => DateTimeRange.Holds(date) ? new DateOnly(date.Year, date.Month, date.Day) : null;

    public static TimeOnly? Read(MontyTime time) =>
        time.OffsetSeconds is null && DateTimeRange.Holds(time)
            ? new TimeOnly(time.Hour, time.Minute, time.Second, time.Microsecond / 1000, time.Microsecond % 1000)
            : null;

    public static DateTime? ReadNaive(MontyDateTime moment) =>
        moment.OffsetSeconds is null && DateTimeRange.Holds(moment) ? WallTime(moment) : null;

    public static DateTimeOffset? ReadAware(MontyDateTime moment)
    {
        if (moment.OffsetSeconds is not { } seconds || !DateTimeRange.Holds(moment))
        {
            return null;
        }

        if (seconds % 60 != 0 || Math.Abs(seconds) > LargestClrOffset)
        {
            return null;
        }

        var wall = WallTime(moment);
        var offset = TimeSpan.FromSeconds(seconds);
        var utc = wall.Ticks - offset.Ticks;
        return utc >= DateTime.MinValue.Ticks && utc <= DateTime.MaxValue.Ticks ? new DateTimeOffset(wall, offset) : null;
    }

    public static TimeSpan? Read(MontyTimeDelta delta)
    {
        if (!DateTimeRange.Holds(delta))
        {
            return null;
        }

        var ticks =
            ((Int128)delta.Days * TimeSpan.TicksPerDay)
            + (delta.Seconds * TimeSpan.TicksPerSecond)
            + (delta.Microseconds * TimeSpan.TicksPerMicrosecond);
        return ticks >= long.MinValue && ticks <= long.MaxValue ? new TimeSpan((long)ticks) : null;
    }

    private static MontyDateTime Convert(DateTime wall, int? offsetSeconds) =>
        new(
            wall.Year,
            wall.Month,
            wall.Day,
            wall.Hour,
            wall.Minute,
            wall.Second,
            (wall.Millisecond * 1000) + wall.Microsecond,
            offsetSeconds
        );

    private static DateTime WallTime(MontyDateTime moment) =>
        new(
            moment.Year,
            moment.Month,
            moment.Day,
            moment.Hour,
            moment.Minute,
            moment.Second,
            moment.Microsecond / 1000,
            moment.Microsecond % 1000
        );
}
