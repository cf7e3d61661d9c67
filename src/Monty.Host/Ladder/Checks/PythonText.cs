using System.Globalization;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Formats values like Python's <c>str</c>. For most kinds it equals <c>repr</c>, which <see cref="object.ToString"/> returns.</summary>
internal static class PythonText
{
    public static string Format(MontyValue value) =>
        value switch
        {
            MontyStr text => text.Value,
            MontyPath path => path.Value,
            MontyExceptionObject exception => exception.Argument ?? "",
            MontyDate date => string.Create(CultureInfo.InvariantCulture, $"{date.Year:d4}-{date.Month:d2}-{date.Day:d2}"),
            MontyTime time => Time(time.Hour, time.Minute, time.Second, time.Microsecond) + Offset(time.OffsetSeconds),
            MontyDateTime dateTime => FormatDateTime(dateTime),
            _ => value.ToString(),
        };

    private static string FormatDateTime(MontyDateTime value)
    {
        var date = string.Create(CultureInfo.InvariantCulture, $"{value.Year:d4}-{value.Month:d2}-{value.Day:d2} ");
        return date + Time(value.Hour, value.Minute, value.Second, value.Microsecond) + Offset(value.OffsetSeconds);
    }

    private static string Time(int hour, int minute, int second, int microsecond)
    {
        var fraction = microsecond == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{microsecond:d6}");
        return string.Create(CultureInfo.InvariantCulture, $"{hour:d2}:{minute:d2}:{second:d2}{fraction}");
    }

    private static string Offset(int? seconds)
    {
        if (seconds is not { } offset)
        {
            return "";
        }

        var (totalMinutes, remainingSeconds) = Math.DivRem(Math.Abs(offset), 60);
        var (hours, minutes) = Math.DivRem(totalMinutes, 60);
        var sign = offset < 0 ? '-' : '+';
        var text = string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:d2}:{minutes:d2}");
        return remainingSeconds == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}:{remainingSeconds:d2}");
    }
}
