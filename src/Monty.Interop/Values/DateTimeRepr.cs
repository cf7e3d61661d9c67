using System.Globalization;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>Writes the <c>repr</c> of the types of Python's <c>datetime</c> module.</summary>
internal static class DateTimeRepr
{
    private const int SecondsPerDay = 86_400;

    public static void Append(ReprTarget target, MontyDate date) =>
        target.Text.Append(CultureInfo.InvariantCulture, $"datetime.date({date.Year}, {date.Month}, {date.Day})");

    public static void Append(ReprTarget target, MontyTime time)
    {
        var text = target.Text;
        text.Append(CultureInfo.InvariantCulture, $"datetime.time({time.Hour}, {time.Minute}");
        AppendSeconds(text, time.Second, time.Microsecond);
        AppendZoneArgument(target, time.OffsetSeconds, time.TimeZoneName);
        if (time.Fold != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", fold={time.Fold}");
        }

        text.Append(')');
    }

    public static void Append(ReprTarget target, MontyDateTime moment)
    {
        var text = target.Text;
        text.Append(
            CultureInfo.InvariantCulture,
            $"datetime.datetime({moment.Year}, {moment.Month}, {moment.Day}, {moment.Hour}, {moment.Minute}"
        );
        AppendSeconds(text, moment.Second, moment.Microsecond);
        AppendZoneArgument(target, moment.OffsetSeconds, moment.TimeZoneName);
        text.Append(')');
    }

    public static void Append(ReprTarget target, MontyTimeDelta delta)
    {
        var text = target.Text;
        text.Append("datetime.timedelta(");
        var separator = "";
        AppendPart(text, "days", delta.Days, ref separator);
        AppendPart(text, "seconds", delta.Seconds, ref separator);
        AppendPart(text, "microseconds", delta.Microseconds, ref separator);
        text.Append(separator.Length == 0 ? "0)" : ")");
    }

    public static void Append(ReprTarget target, MontyTimeZone zone) => AppendZone(target, zone.OffsetSeconds, zone.Name);

    private static void AppendSeconds(StringBuilder text, int second, int microsecond)
    {
        if (second != 0 || microsecond != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {second}");
        }

        if (microsecond != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {microsecond}");
        }
    }

    private static void AppendZoneArgument(ReprTarget target, int? offsetSeconds, string? name)
    {
        if (offsetSeconds is not { } offset)
        {
            return;
        }

        target.Text.Append(", tzinfo=");
        AppendZone(target, offset, name);
    }

    private static void AppendZone(ReprTarget target, int offsetSeconds, string? name)
    {
        if (offsetSeconds == 0 && name is null)
        {
            target.Text.Append("datetime.timezone.utc");
            return;
        }

        // Python normalizes a negative offset: one hour west is minus one day plus 23 hours.
        var days = (int)Math.Floor((double)offsetSeconds / SecondsPerDay);
        target.Text.Append("datetime.timezone(");
        Append(target, new MontyTimeDelta(days, offsetSeconds - (days * SecondsPerDay)));
        if (name is not null)
        {
            target.Text.Append(", ");
            StringLiteral.Append(target, name);
        }

        target.Text.Append(')');
    }

    private static void AppendPart(StringBuilder text, string name, int amount, ref string separator)
    {
        if (amount == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{separator}{name}={amount}");
        separator = ", ";
    }
}
