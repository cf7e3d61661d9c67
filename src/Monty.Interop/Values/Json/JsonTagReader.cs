using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads the bodies of tagged objects. A body of the wrong shape is refused with the shape it should have.</summary>
internal sealed class JsonTagReader(JsonValueReader reader, DerivedIds ids)
{
    private readonly JsonDateTimeReader dates = new(reader);
    private readonly JsonClassReader classes = new(reader, ids);

    public MontyValue Read(string tag, JsonElement body)
    {
        reader.Path.Enter(tag);
        var shape =
            JsonTag.Shape(tag)
            ?? throw reader.Path.CreateException(
                $"{ValuePath.Shorten(tag)} is not a tag; a dict with this only key is written {{\"$dict\": [[\"{ValuePath.Shorten(tag)}\", value]]}}"
            );
        var value = ReadBody(tag, body) ?? throw reader.Path.CreateException($"This is not the body of a {tag}: {shape}");
        reader.Path.Leave();
        return value;
    }

    /// <summary>Null when the body has the wrong shape.</summary>
    private MontyValue? ReadBody(string tag, JsonElement body) =>
        tag switch
        {
            JsonTag.Tuple => ReadItems(body) is { } items ? new MontyTuple(items) : null,
            JsonTag.Set => ReadItems(body) is { } items ? new MontySet(items) : null,
            JsonTag.FrozenSet => ReadItems(body) is { } items ? new MontyFrozenSet(items) : null,
            JsonTag.Dict => body.ValueKind == JsonValueKind.Array ? classes.ReadPairs(body) : null,
            JsonTag.Bytes => body.ValueKind == JsonValueKind.String && reader.ReadBase64(body) is { } bytes ? new MontyBytes(bytes) : null,
            JsonTag.Int => ReadText(body) is { } text ? IntText.Parse(text) : null,
            JsonTag.Float => ReadText(body) is { } text ? ReadFloat(text) : null,
            JsonTag.Date => ReadText(body) is { } text ? IsoText.ParseDate(text) : null,
            JsonTag.Time => dates.ReadTime(body),
            JsonTag.DateTime => dates.ReadDateTime(body),
            JsonTag.TimeDelta => dates.ReadTimeDelta(body),
            JsonTag.TimeZone => dates.ReadTimeZone(body),
            JsonTag.NamedTuple => classes.ReadNamedTuple(body),
            JsonTag.Dataclass => classes.ReadInstance(body, isDataclass: true),
            JsonTag.Instance => classes.ReadInstance(body, isDataclass: false),
            JsonTag.Type => classes.ReadType(body),
            JsonTag.Exception => ReadException(body),
            JsonTag.Function => ReadFunction(body),
            JsonTag.Builtin => ReadText(body) is { } name ? new MontyBuiltin(name) : null,
            JsonTag.Path => ReadText(body) is { } text ? new MontyPath(text) : null,
            JsonTag.Repr => ReadText(body) is { } text ? new MontyRepr(text) : null,
            JsonTag.File => ReadFile(body),
            JsonTag.Cycle => ReadCycle(body),
            JsonTag.Ellipsis => body.ValueKind == JsonValueKind.True ? MontyEllipsis.Instance : null,
            JsonTag.NotImplemented => body.ValueKind == JsonValueKind.True ? MontyNotImplemented.Instance : null,
            _ => null,
        };

    private string? ReadText(JsonElement body) => body.ValueKind == JsonValueKind.String ? reader.ReadText(body) : null;

    private EquatableArray<MontyValue>? ReadItems(JsonElement body) =>
        body.ValueKind == JsonValueKind.Array ? reader.ReadItems(body) : null;

    private static MontyFloat? ReadFloat(string text) =>
        text switch
        {
            "nan" => new(double.NaN),
            "inf" => new(double.PositiveInfinity),
            "-inf" => new(double.NegativeInfinity),
            _ => null,
        };

    private MontyExceptionObject? ReadException(JsonElement body) =>
        JsonMembers.From(body, reader, "type", "message") is { } members
        && members.Text("type") is { } type
        && members.IsTextOrAbsent("message")
            ? new(type, members.Text("message"))
            : null;

    private MontyFunction? ReadFunction(JsonElement body)
    {
        if (ReadText(body) is { } alone)
        {
            return new(alone);
        }

        return
            JsonMembers.From(body, reader, "name", "docstring") is { } members
            && members.Text("name") is { } name
            && members.IsTextOrAbsent("docstring")
            ? new(name, members.Text("docstring"))
            : null;
    }

    private MontyFileHandle? ReadFile(JsonElement body)
    {
        if (JsonMembers.From(body, reader, "path", "mode", "position") is not { } members)
        {
            return null;
        }

        var position = members.Has("position") ? members.Int64("position") : 0;
        return members.Text("path") is { } path && members.Text("mode") is { } mode && position is { } at ? new(path, mode, at) : null;
    }

    private MontyCycle? ReadCycle(JsonElement body) =>
        JsonMembers.From(body, reader, "identity", "placeholder") is { } members
        && members.Int64("identity") is { } identity
        && members.Text("placeholder") is { } placeholder
            ? new(identity, placeholder)
            : null;
}
