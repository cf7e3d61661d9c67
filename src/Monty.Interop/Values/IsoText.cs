using System.Globalization;

namespace Monty.Interop.Values;

/// <summary>ISO 8601 text as Python's <c>isoformat</c> writes it; reading also takes <c>Z</c>, no seconds, and one to six fraction digits.</summary>
/// <remarks>Every member answers null for a value or text that is out of range or not of this form.</remarks>
internal static class IsoText
{
    private const int MicrosecondDigits = 6;

    public static string? Format(MontyDate date) => DateTimeRange.Holds(date) ? DateText(date.Year, date.Month, date.Day) : null;

    public static string? Format(MontyTime time) =>
        DateTimeRange.Holds(time)
            ? TimeText(time.Hour, time.Minute, time.Second, time.Microsecond) + FormatOffset(time.OffsetSeconds)
            : null;

    public static string? Format(MontyDateTime moment) =>
        DateTimeRange.Holds(moment)
            ? DateText(moment.Year, moment.Month, moment.Day)
                + "T"
                + TimeText(moment.Hour, moment.Minute, moment.Second, moment.Microsecond)
                + FormatOffset(moment.OffsetSeconds)
            : null;

    public static string? FormatOffset(int? offsetSeconds)
    {
        if (offsetSeconds is not { } offset || !DateTimeRange.HoldsOffset(offset))
        {
            return null;
        }

        var size = Math.Abs(offset);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{size / 3600:00}:{size / 60 % 60:00}");
        return size % 60 == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}:{size % 60:00}");
    }

    public static MontyDate? ParseDate(string text)
    {
        var cursor = new Cursor(text);
        return
            cursor.Date() is var (year, month, day)
            && cursor.IsAtEnd
            && new MontyDate(year, month, day) is var date
            && DateTimeRange.Holds(date)
            ? date
            : null;
    }

    public static MontyTime? ParseTime(string text)
    {
        var cursor = new Cursor(text);
        if (cursor.Time() is not var (hour, minute, second, microsecond))
        {
            return null;
        }

        if (!cursor.TryOffset(out var offset) || !cursor.IsAtEnd)
        {
            return null;
        }

        var time = new MontyTime(hour, minute, second, microsecond, offset);
        return DateTimeRange.Holds(time) ? time : null;
    }

    public static MontyDateTime? ParseDateTime(string text)
    {
        var cursor = new Cursor(text);
        if (cursor.Date() is not var (year, month, day) || !cursor.Take('T'))
        {
            return null;
        }

        if (cursor.Time() is not var (hour, minute, second, microsecond))
        {
            return null;
        }

        if (!cursor.TryOffset(out var offset) || !cursor.IsAtEnd)
        {
            return null;
        }

        var moment = new MontyDateTime(year, month, day, hour, minute, second, microsecond, offset);
        return DateTimeRange.Holds(moment) ? moment : null;
    }

    public static int? ParseOffset(string text)
    {
        var cursor = new Cursor(text);
        return cursor.TryOffset(out var offset) && cursor.IsAtEnd && offset is { } seconds && DateTimeRange.HoldsOffset(seconds)
            ? seconds
            : null;
    }

    private static string DateText(int year, int month, int day) =>
        string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}");

    private static string TimeText(int hour, int minute, int second, int microsecond)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}:{second:00}");
        return microsecond == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}.{microsecond:000000}");
    }

    private ref struct Cursor(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> rest = text;

        public readonly bool IsAtEnd => rest.IsEmpty;

        public bool Take(char expected)
        {
            if (rest.IsEmpty || rest[0] != expected)
            {
                return false;
            }

            rest = rest[1..];
            return true;
        }

        public (int Year, int Month, int Day)? Date() =>
            TryNumber(4, out var year) && Take('-') && TryNumber(2, out var month) && Take('-') && TryNumber(2, out var day)
                ? (year, month, day)
                : null;

        public (int Hour, int Minute, int Second, int Microsecond)? Time()
        {
            if (!TryNumber(2, out var hour) || !Take(':') || !TryNumber(2, out var minute))
            {
                return null;
            }

            var second = 0;
            var microsecond = 0;
            if (Take(':') && (!TryNumber(2, out second) || (Take('.') && !TryFraction(out microsecond))))
            {
                return null;
            }

            return (hour, minute, second, microsecond);
        }

        /// <summary>An offset east of UTC in seconds; null and true where the text ends without one.</summary>
        public bool TryOffset(out int? seconds)
        {
            seconds = null;
            if (IsAtEnd)
            {
                return true;
            }

            if (Take('Z'))
            {
                seconds = 0;
                return true;
            }

            var isWest = Take('-');
            if (!isWest && !Take('+'))
            {
                return false;
            }

            if (!TryNumber(2, out var hour) || !Take(':') || !TryNumber(2, out var minute) || minute > 59)
            {
                return false;
            }

            var second = 0;
            if (Take(':') && (!TryNumber(2, out second) || second > 59))
            {
                return false;
            }

            var size = (hour * 3600) + (minute * 60) + second;
            seconds = isWest ? -size : size;
            return true;
        }

        private bool TryFraction(out int microsecond)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 0)
            {
                digits = rest.Length;
            }

            microsecond = 0;
            if (digits is 0 or > MicrosecondDigits || !TryNumber(digits, out microsecond))
            {
                return false;
            }

            for (; digits < MicrosecondDigits; digits++)
            {
                microsecond *= 10;
            }

            return true;
        }

        private bool TryNumber(int digits, out int number)
        {
            number = 0;
            if (rest.Length < digits || rest[..digits].ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            number = int.Parse(rest[..digits], CultureInfo.InvariantCulture);
            rest = rest[digits..];
            return true;
        }
    }
}
