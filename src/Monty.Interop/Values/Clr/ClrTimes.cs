namespace Monty.Interop.Values.Clr;

/// <summary>Converts between the dates and times of .NET and of Python. Fractions of a microsecond are rounded down, toward the past.</summary>
/// <remarks>The methods that read a Python value return null when the CLR type cannot hold it.</remarks>
internal static class ClrTimes
{
    private const int MaxClrOffsetSeconds = 14 * 3600;
    private const long MicrosecondsPerDay = 86_400_000_000;

    public static MontyDate Convert(DateOnly date) => new(date.Year, date.Month, date.Day);

    public static MontyTime Convert(TimeOnly time) =>
        new(time.Hour, time.Minute, time.Second, (time.Millisecond * 1000) + time.Microsecond);

    public static MontyDateTime Convert(DateTime moment) =>
        moment.Kind == DateTimeKind.Unspecified ? Convert(moment, null) : Convert(new DateTimeOffset(moment));

    public static MontyDateTime Convert(DateTimeOffset moment) => Convert(moment.DateTime, (int)moment.Offset.TotalSeconds);

    public static MontyTimeDelta Convert(TimeSpan span)
    {
        var (microseconds, remainder) = Math.DivRem(span.Ticks, TimeSpan.TicksPerMicrosecond);
        if (remainder < 0)
        {
            microseconds--;
        }

        var (days, rest) = Math.DivRem(microseconds, MicrosecondsPerDay);
        if (rest < 0)
        {
            days--;
            rest += MicrosecondsPerDay;
        }

        return new((int)days, (int)(rest / 1_000_000), (int)(rest % 1_000_000));
    }

    public static DateOnly? Read(MontyDate date) => DateTimeRange.IsValid(date) ? new DateOnly(date.Year, date.Month, date.Day) : null;

    public static TimeOnly? Read(MontyTime time) =>
        time.OffsetSeconds is null && DateTimeRange.IsValid(time)
            ? new TimeOnly(time.Hour, time.Minute, time.Second, time.Microsecond / 1000, time.Microsecond % 1000)
            : null;

    public static DateTime? ReadNaive(MontyDateTime moment) =>
        moment.OffsetSeconds is null && DateTimeRange.IsValid(moment) ? WallTime(moment) : null;

    public static DateTimeOffset? ReadAware(MontyDateTime moment)
    {
        if (moment.OffsetSeconds is not { } seconds || !DateTimeRange.IsValid(moment))
        {
            return null;
        }

        if (seconds % 60 != 0 || Math.Abs(seconds) > MaxClrOffsetSeconds)
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
        if (!DateTimeRange.IsValid(delta))
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
