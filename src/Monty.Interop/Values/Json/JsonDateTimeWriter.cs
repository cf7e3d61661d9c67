namespace Monty.Interop.Values.Json;

/// <summary>Writes the types of Python's <c>datetime</c> module as ISO 8601 text, or as an object when the text cannot express the whole value.</summary>
internal sealed class JsonDateTimeWriter(JsonOutput output)
{
    private const int MaxReprLength = 200;

    public void Write(MontyDate date) => output.WriteTagged(JsonTag.Date, IsoText.Format(date) ?? throw CreateRangeException(date));

    public void Write(MontyTime time)
    {
        var iso = IsoText.Format(time) ?? throw CreateRangeException(time);
        if (time is { TimeZoneName: null, Fold: 0 })
        {
            output.WriteTagged(JsonTag.Time, iso);
            return;
        }

        output.OpenTag(JsonTag.Time);
        output.OpenObject();
        output.WriteMember("iso", iso);
        output.WriteMember("zone", time.TimeZoneName);
        if (time.Fold != 0)
        {
            output.Writer.WriteNumber("fold", time.Fold);
        }

        output.CloseObject();
        output.CloseTag();
    }

    public void Write(MontyDateTime moment)
    {
        var iso = IsoText.Format(moment) ?? throw CreateRangeException(moment);
        if (moment.TimeZoneName is null)
        {
            output.WriteTagged(JsonTag.DateTime, iso);
        }
        else
        {
            output.WriteTagged(JsonTag.DateTime, ("iso", iso), ("zone", moment.TimeZoneName));
        }
    }

    public void Write(MontyTimeZone zone)
    {
        var offset = IsoText.FormatOffset(zone.OffsetSeconds) ?? throw CreateRangeException(zone);
        if (zone.Name is null)
        {
            output.WriteTagged(JsonTag.TimeZone, offset);
        }
        else
        {
            output.WriteTagged(JsonTag.TimeZone, ("offset", offset), ("name", zone.Name));
        }
    }

    public void Write(MontyTimeDelta delta)
    {
        if (!DateTimeRange.IsValid(delta))
        {
            throw CreateRangeException(delta);
        }

        output.OpenTag(JsonTag.TimeDelta);
        output.OpenObject();
        output.Writer.WriteNumber("days", delta.Days);
        output.Writer.WriteNumber("seconds", delta.Seconds);
        output.Writer.WriteNumber("microseconds", delta.Microseconds);
        output.CloseObject();
        output.CloseTag();
    }

    private Exception CreateRangeException(MontyValue value) =>
        output.CreateException($"{value.Display(MaxReprLength)} is outside the range that Python allows; correct its fields");
}
