using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads the bodies of tagged objects. The error for a body of the wrong shape shows the expected shape.</summary>
internal sealed class JsonTagReader(JsonValueReader reader, DerivedIds ids)
{
    private readonly JsonDateTimeReader dates = new(reader);
    private readonly JsonClassReader classes = new(reader, ids);

    public MontyValue Read(string tag, JsonElement body)
    {
        reader.Path.Enter(tag);
        var shape =
            JsonTag.FindShape(tag)
            ?? throw reader.Path.CreateException(
                $"{ValuePath.Shorten(tag)} is not a known tag; write a dict with this single key as {{\"$dict\": [[\"{ValuePath.Shorten(tag)}\", value]]}}"
            );
        var value = ReadBody(tag, body) ?? throw reader.Path.CreateException($"The body of {tag} has the wrong shape; write it as {shape}");
        reader.Path.Leave();
        return value;
    }

    /// <summary>Returns null when the body has the wrong shape.</summary>
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
        && members.GetText("type") is { } type
        && members.IsTextOrAbsent("message")
            ? new(type, members.GetText("message"))
            : null;

    private MontyFunction? ReadFunction(JsonElement body)
    {
        if (ReadText(body) is { } undocumented)
        {
            return new(undocumented);
        }

        if (JsonMembers.From(body, reader, "name", "docstring") is not { } members || !members.IsTextOrAbsent("docstring"))
        {
            return null;
        }

        return members.GetText("name") is { } name ? new(name, members.GetText("docstring")) : null;
    }

    private MontyFileHandle? ReadFile(JsonElement body)
    {
        if (JsonMembers.From(body, reader, "path", "mode", "position") is not { } members)
        {
            return null;
        }

        var position = members.Has("position") ? members.GetInt64("position") : 0;
        if (members.GetText("path") is not { } path || members.GetText("mode") is not { } mode || position is null)
        {
            return null;
        }

        return new(path, mode, position.Value);
    }

    private MontyCycle? ReadCycle(JsonElement body) =>
        JsonMembers.From(body, reader, "identity", "placeholder") is { } members
        && members.GetInt64("identity") is { } identity
        && members.GetText("placeholder") is { } placeholder
            ? new(identity, placeholder)
            : null;
}
