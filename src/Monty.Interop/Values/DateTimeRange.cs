namespace Monty.Interop.Values;

/// <summary>Checks dates and times against the ranges of Python's <c>datetime</c> module. The records themselves accept any numbers.</summary>
internal static class DateTimeRange
{
    private const int MaxOffsetSeconds = 86_399;
    private const int MaxDays = 999_999_999;
    private const int MicrosecondsPerSecond = 1_000_000;

    public static bool IsValid(MontyDate date) => IsValidDate(date.Year, date.Month, date.Day);

    public static bool IsValid(MontyTime time) =>
        IsValidTime(time.Hour, time.Minute, time.Second, time.Microsecond) && IsValidOffset(time.OffsetSeconds ?? 0) && time.Fold is 0 or 1;

    public static bool IsValid(MontyDateTime moment) =>
        IsValidDate(moment.Year, moment.Month, moment.Day)
        && IsValidTime(moment.Hour, moment.Minute, moment.Second, moment.Microsecond)
        && IsValidOffset(moment.OffsetSeconds ?? 0);

    public static bool IsValid(MontyTimeDelta delta) =>
        delta.Days is >= -MaxDays and <= MaxDays
        && delta.Seconds is >= 0 and < 86_400
        && delta.Microseconds is >= 0 and < MicrosecondsPerSecond;

    public static bool IsValidOffset(int seconds) => seconds is >= -MaxOffsetSeconds and <= MaxOffsetSeconds;

    private static bool IsValidDate(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static bool IsValidTime(int hour, int minute, int second, int microsecond) =>
        hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60 && microsecond is >= 0 and < MicrosecondsPerSecond;
}
