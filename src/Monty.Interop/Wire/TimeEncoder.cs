namespace Monty.Interop.Wire;

/// <summary>Encodes dates and times, and checks that they are in the ranges that the runtime accepts.</summary>
internal static class TimeEncoder
{
    public static MontyObject Encode(MontyDate value)
    {
        CheckDate(value.Year, value.Month, value.Day);
        return new MontyObject
        {
            Date = new Date
            {
                Year = value.Year,
                Month = (uint)value.Month,
                Day = (uint)value.Day,
            },
        };
    }

    public static MontyObject Encode(MontyTime value)
    {
        CheckTime(value.Hour, value.Minute, value.Second, value.Microsecond, value.OffsetSeconds, value.TimeZoneName);
        Check(value.Fold, 0, 1, "fold");
        var encoded = new Time
        {
            Hour = (uint)value.Hour,
            Minute = (uint)value.Minute,
            Second = (uint)value.Second,
            Microsecond = (uint)value.Microsecond,
            Fold = (uint)value.Fold,
        };
        if (value.OffsetSeconds is { } offset)
        {
            encoded.OffsetSeconds = offset;
        }

        if (value.TimeZoneName is { } name)
        {
            encoded.TimezoneName = ValueEncoder.CheckText(name, "name of a time zone");
        }

        return new MontyObject { Time = encoded };
    }

    public static MontyObject Encode(MontyDateTime value)
    {
        CheckDate(value.Year, value.Month, value.Day);
        CheckTime(value.Hour, value.Minute, value.Second, value.Microsecond, value.OffsetSeconds, value.TimeZoneName);
        var encoded = new DateTime
        {
            Year = value.Year,
            Month = (uint)value.Month,
            Day = (uint)value.Day,
            Hour = (uint)value.Hour,
            Minute = (uint)value.Minute,
            Second = (uint)value.Second,
            Microsecond = (uint)value.Microsecond,
        };
        if (value.OffsetSeconds is { } offset)
        {
            encoded.OffsetSeconds = offset;
        }

        if (value.TimeZoneName is { } name)
        {
            encoded.TimezoneName = ValueEncoder.CheckText(name, "name of a time zone");
        }

        return new MontyObject { DateTime = encoded };
    }

    public static MontyObject Encode(MontyTimeDelta value)
    {
        Check(value.Days, -999_999_999, 999_999_999, "days of a timedelta");
        Check(value.Seconds, 0, 86_399, "seconds of a timedelta");
        Check(value.Microseconds, 0, 999_999, "microseconds of a timedelta");
        return new MontyObject
        {
            TimeDelta = new TimeDelta
            {
                Days = value.Days,
                Seconds = value.Seconds,
                Microseconds = value.Microseconds,
            },
        };
    }

    public static MontyObject Encode(MontyTimeZone value) => new() { TimeZone = EncodeZone(value) };

    private static TimeZone EncodeZone(MontyTimeZone value)
    {
        Check(value.OffsetSeconds, -86_399, 86_399, "offset of a time zone in seconds");
        var encoded = new TimeZone { OffsetSeconds = value.OffsetSeconds };
        if (value.Name is { } name)
        {
            encoded.Name = ValueEncoder.CheckText(name, "name of a time zone");
        }

        return encoded;
    }

    private static void CheckDate(int year, int month, int day)
    {
        Check(year, 1, 9999, "year");
        Check(month, 1, 12, "month");
        Check(day, 1, System.DateTime.DaysInMonth(year, month), "day");
    }

    private static void CheckTime(int hour, int minute, int second, int microsecond, int? offsetSeconds, string? zoneName)
    {
        Check(hour, 0, 23, "hour");
        Check(minute, 0, 59, "minute");
        Check(second, 0, 59, "second");
        Check(microsecond, 0, 999_999, "microsecond");
        if (offsetSeconds is { } offset)
        {
            Check(offset, -86_399, 86_399, "offset in seconds");
        }
        else if (zoneName is not null)
        {
            throw new ArgumentException("The time has the name of a time zone without an offset. Set both, or neither.");
        }
    }

    private static void Check(int value, int min, int max, string what)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(null, value, $"The {what} must be between {min} and {max}.");
        }
    }
}
