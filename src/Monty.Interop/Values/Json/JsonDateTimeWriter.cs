namespace Monty.Interop.Values.Json;

/// <summary>Writes the types of Python's <c>datetime</c> module as ISO 8601 text, or as an object where that text cannot say everything.</summary>
internal sealed class JsonDateTimeWriter(JsonOutput output)
{
    private const int LongestRepr = 200;

    public void Write(MontyDate date) => output.Tagged(JsonTag.Date, IsoText.Format(date) ?? throw NotReal(date));

    public void Write(MontyTime time)
    {
        var iso = IsoText.Format(time) ?? throw NotReal(time);
        if (time is { TimeZoneName: null, Fold: 0 })
        {
            output.Tagged(JsonTag.Time, iso);
            return;
        }

        output.OpenTag(JsonTag.Time);
        output.OpenObject();
        output.Member("iso", iso);
        output.Member("zone", time.TimeZoneName);
        if (time.Fold != 0)
        {
            output.Writer.WriteNumber("fold", time.Fold);
        }

        output.CloseObject();
        output.CloseTag();
    }

    public void Write(MontyDateTime moment)
    {
        var iso = IsoText.Format(moment) ?? throw NotReal(moment);
        if (moment.TimeZoneName is null)
        {
            output.Tagged(JsonTag.DateTime, iso);
        }
        else
        {
            output.Tagged(JsonTag.DateTime, ("iso", iso), ("zone", moment.TimeZoneName));
        }
    }

    public void Write(MontyTimeZone zone)
    {
        var offset = IsoText.FormatOffset(zone.OffsetSeconds) ?? throw NotReal(zone);
        if (zone.Name is null)
        {
            output.Tagged(JsonTag.TimeZone, offset);
        }
        else
        {
            output.Tagged(JsonTag.TimeZone, ("offset", offset), ("name", zone.Name));
        }
    }

    public void Write(MontyTimeDelta delta)
    {
        if (!DateTimeRange.Holds(delta))
        {
            throw NotReal(delta);
        }

        output.OpenTag(JsonTag.TimeDelta);
        output.OpenObject();
        output.Writer.WriteNumber("days", delta.Days);
        output.Writer.WriteNumber("seconds", delta.Seconds);
        output.Writer.WriteNumber("microseconds", delta.Microseconds);
        output.CloseObject();
        output.CloseTag();
    }

    private Exception NotReal(MontyValue value) =>
        output.CreateException($"{value.Display(LongestRepr)} is out of range, so Python could not have it; correct its fields");
}
