using System.Globalization;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Python's <c>str</c> of a value, where it is more than its <c>repr</c>.</summary>
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
            MontyDateTime at => string.Create(CultureInfo.InvariantCulture, $"{at.Year:d4}-{at.Month:d2}-{at.Day:d2} ")
                + Time(at.Hour, at.Minute, at.Second, at.Microsecond)
                + Offset(at.OffsetSeconds),
            _ => value.ToString(),
        };

    private static string Time(int hour, int minute, int second, int microsecond) =>
        string.Create(CultureInfo.InvariantCulture, $"{hour:d2}:{minute:d2}:{second:d2}{(microsecond == 0 ? "" : $".{microsecond:d6}")}");

    private static string Offset(int? seconds)
    {
        if (seconds is not { } offset)
        {
            return "";
        }

        var (minutes, rest) = Math.DivRem(Math.Abs(offset), 60);
        var shown = string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{minutes / 60:d2}:{minutes % 60:d2}");
        return rest == 0 ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}:{rest:d2}");
    }
}
