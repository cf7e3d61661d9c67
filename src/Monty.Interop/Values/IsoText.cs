using System.Globalization;

namespace Monty.Interop.Values;

/// <summary>Formats dates and times as ISO 8601 text like Python's <c>isoformat</c>, and parses them.</summary>
/// <remarks>Parsing also accepts <c>Z</c> as the offset, times without seconds, and one to six fraction digits. All members return null for a value that is out of range, or for text in another format.</remarks>
internal static class IsoText
{
    private const int MicrosecondDigits = 6;

    public static string? Format(MontyDate date) => DateTimeRange.IsValid(date) ? DateText(date.Year, date.Month, date.Day) : null;

    public static string? Format(MontyTime time) =>
        DateTimeRange.IsValid(time)
            ? TimeText(time.Hour, time.Minute, time.Second, time.Microsecond) + FormatOffset(time.OffsetSeconds)
            : null;

    public static string? Format(MontyDateTime moment) =>
        DateTimeRange.IsValid(moment)
            ? DateText(moment.Year, moment.Month, moment.Day)
                + "T"
                + TimeText(moment.Hour, moment.Minute, moment.Second, moment.Microsecond)
                + FormatOffset(moment.OffsetSeconds)
            : null;

    public static string? FormatOffset(int? offsetSeconds)
    {
        if (offsetSeconds is not { } offset || !DateTimeRange.IsValidOffset(offset))
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
        return cursor.ReadDate() is { } date && cursor.IsAtEnd && DateTimeRange.IsValid(date) ? date : null;
    }

    public static MontyTime? ParseTime(string text)
    {
        var cursor = new Cursor(text);
        return cursor.ReadTime() is { } time && cursor.IsAtEnd && DateTimeRange.IsValid(time) ? time : null;
    }

    public static MontyDateTime? ParseDateTime(string text)
    {
        var cursor = new Cursor(text);
        if (cursor.ReadDate() is not { } date || !cursor.TryTake('T'))
        {
            return null;
        }

        if (cursor.ReadTime() is not { } time || !cursor.IsAtEnd)
        {
            return null;
        }

        var moment = new MontyDateTime(
            date.Year,
            date.Month,
            date.Day,
            time.Hour,
            time.Minute,
            time.Second,
            time.Microsecond,
            time.OffsetSeconds
        );
        return DateTimeRange.IsValid(moment) ? moment : null;
    }

    public static int? ParseOffset(string text)
    {
        var cursor = new Cursor(text);
        return cursor.TryReadOffset(out var offset) && cursor.IsAtEnd && offset is { } seconds && DateTimeRange.IsValidOffset(seconds)
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

        public bool TryTake(char expected)
        {
            if (rest.IsEmpty || rest[0] != expected)
            {
                return false;
            }

            rest = rest[1..];
            return true;
        }

        /// <summary>Reads a date, without checking its range.</summary>
        public MontyDate? ReadDate() =>
            TryReadNumber(4, out var year)
            && TryTake('-')
            && TryReadNumber(2, out var month)
            && TryTake('-')
            && TryReadNumber(2, out var day)
                ? new MontyDate(year, month, day)
                : null;

        /// <summary>Reads a time with an optional offset, without checking its range.</summary>
        public MontyTime? ReadTime()
        {
            if (!TryReadNumber(2, out var hour) || !TryTake(':') || !TryReadNumber(2, out var minute))
            {
                return null;
            }

            var second = 0;
            var microsecond = 0;
            if (TryTake(':') && (!TryReadNumber(2, out second) || (TryTake('.') && !TryReadFraction(out microsecond))))
            {
                return null;
            }

            return TryReadOffset(out var offset) ? new MontyTime(hour, minute, second, microsecond, offset) : null;
        }

        /// <summary>Reads an offset from UTC in seconds, positive to the east. Succeeds with null at the end of the text.</summary>
        public bool TryReadOffset(out int? seconds)
        {
            seconds = null;
            if (IsAtEnd)
            {
                return true;
            }

            if (TryTake('Z'))
            {
                seconds = 0;
                return true;
            }

            var isWest = TryTake('-');
            if (!isWest && !TryTake('+'))
            {
                return false;
            }

            if (!TryReadNumber(2, out var hour) || !TryTake(':') || !TryReadNumber(2, out var minute) || minute > 59)
            {
                return false;
            }

            var second = 0;
            if (TryTake(':') && (!TryReadNumber(2, out second) || second > 59))
            {
                return false;
            }

            var size = (hour * 3600) + (minute * 60) + second;
            seconds = isWest ? -size : size;
            return true;
        }

        private bool TryReadFraction(out int microsecond)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 0)
            {
                digits = rest.Length;
            }

            microsecond = 0;
            if (digits is 0 or > MicrosecondDigits || !TryReadNumber(digits, out microsecond))
            {
                return false;
            }

            for (; digits < MicrosecondDigits; digits++)
            {
                microsecond *= 10;
            }

            return true;
        }

        private bool TryReadNumber(int digits, out int number)
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
