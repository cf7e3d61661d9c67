namespace Monty.Interop.Values;

/// <summary>The ranges that Python's <c>datetime</c> module enforces; the records themselves take any number.</summary>
internal static class DateTimeRange
{
    private const int LargestOffset = 86_399;
    private const int LargestDays = 999_999_999;
    private const int MicrosecondsPerSecond = 1_000_000;

    public static bool Holds(MontyDate date) => HoldsDate(date.Year, date.Month, date.Day);

    public static bool Holds(MontyTime time) =>
        HoldsTime(time.Hour, time.Minute, time.Second, time.Microsecond) && HoldsOffset(time.OffsetSeconds ?? 0) && time.Fold is 0 or 1;

    public static bool Holds(MontyDateTime moment) =>
        HoldsDate(moment.Year, moment.Month, moment.Day)
        && HoldsTime(moment.Hour, moment.Minute, moment.Second, moment.Microsecond)
        && HoldsOffset(moment.OffsetSeconds ?? 0);

    public static bool Holds(MontyTimeDelta delta) =>
        delta.Days is >= -LargestDays and <= LargestDays
        && delta.Seconds is >= 0 and < 86_400
        && delta.Microseconds is >= 0 and < MicrosecondsPerSecond;

    public static bool HoldsOffset(int seconds) => seconds is >= -LargestOffset and <= LargestOffset;

    private static bool HoldsDate(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static bool HoldsTime(int hour, int minute, int second, int microsecond) =>
        hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60 && microsecond is >= 0 and < MicrosecondsPerSecond;
}
