using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads the types of Python's <c>datetime</c> module. Null answers a body of the wrong shape or out of range.</summary>
internal sealed class JsonDateTimeReader(JsonValueReader reader)
{
    public MontyTime? ReadTime(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
        {
            return IsoText.ParseTime(reader.ReadText(body));
        }

        if (JsonMembers.From(body, reader, "iso", "zone", "fold") is not { } members || !members.IsTextOrAbsent("zone"))
        {
            return null;
        }

        var fold = members.Has("fold") ? members.Int32("fold") : 0;
        return fold is 0 or 1 && members.Text("iso") is { } iso && IsoText.ParseTime(iso) is { } time
            ? time with
            {
                TimeZoneName = members.Text("zone"),
                Fold = fold.Value,
            }
            : null;
    }

    public MontyDateTime? ReadDateTime(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
        {
            return IsoText.ParseDateTime(reader.ReadText(body));
        }

        if (JsonMembers.From(body, reader, "iso", "zone") is not { } members || !members.IsTextOrAbsent("zone"))
        {
            return null;
        }

        return members.Text("iso") is { } iso && IsoText.ParseDateTime(iso) is { } moment
            ? moment with
            {
                TimeZoneName = members.Text("zone"),
            }
            : null;
    }

    public MontyTimeZone? ReadTimeZone(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
        {
            return IsoText.ParseOffset(reader.ReadText(body)) is { } alone ? new(alone) : null;
        }

        if (JsonMembers.From(body, reader, "offset", "name") is not { } members || !members.IsTextOrAbsent("name"))
        {
            return null;
        }

        return members.Text("offset") is { } text && IsoText.ParseOffset(text) is { } offset ? new(offset, members.Text("name")) : null;
    }

    public MontyTimeDelta? ReadTimeDelta(JsonElement body)
    {
        if (JsonMembers.From(body, reader, "days", "seconds", "microseconds") is not { } members)
        {
            return null;
        }

        return
            Part("days") is { } days
            && Part("seconds") is { } seconds
            && Part("microseconds") is { } microseconds
            && new MontyTimeDelta(days, seconds, microseconds) is var delta
            && DateTimeRange.Holds(delta)
            ? delta
            : null;

        int? Part(string name) => members.Has(name) ? members.Int32(name) : 0;
    }
}
