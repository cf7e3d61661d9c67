using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads the types of Python's <c>datetime</c> module. Methods return null for a body that has the wrong shape or is out of range.</summary>
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

        var fold = members.Has("fold") ? members.GetInt32("fold") : 0;
        if (fold is not (0 or 1) || members.GetText("iso") is not { } iso || IsoText.ParseTime(iso) is not { } time)
        {
            return null;
        }

        return time with
        {
            TimeZoneName = members.GetText("zone"),
            Fold = fold.Value,
        };
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

        if (members.GetText("iso") is not { } iso || IsoText.ParseDateTime(iso) is not { } moment)
        {
            return null;
        }

        return moment with
        {
            TimeZoneName = members.GetText("zone"),
        };
    }

    public MontyTimeZone? ReadTimeZone(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
        {
            return IsoText.ParseOffset(reader.ReadText(body)) is { } unnamed ? new(unnamed) : null;
        }

        if (JsonMembers.From(body, reader, "offset", "name") is not { } members || !members.IsTextOrAbsent("name"))
        {
            return null;
        }

        return members.GetText("offset") is { } text && IsoText.ParseOffset(text) is { } offset
            ? new(offset, members.GetText("name"))
            : null;
    }

    public MontyTimeDelta? ReadTimeDelta(JsonElement body)
    {
        if (JsonMembers.From(body, reader, "days", "seconds", "microseconds") is not { } members)
        {
            return null;
        }

        if (GetPart("days") is not { } days || GetPart("seconds") is not { } seconds || GetPart("microseconds") is not { } microseconds)
        {
            return null;
        }

        var delta = new MontyTimeDelta(days, seconds, microseconds);
        return DateTimeRange.IsValid(delta) ? delta : null;

        int? GetPart(string name) => members.Has(name) ? members.GetInt32(name) : 0;
    }
}
