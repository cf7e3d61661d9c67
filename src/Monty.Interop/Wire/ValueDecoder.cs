using System.Numerics;

namespace Monty.Interop.Wire;

/// <summary>Wire objects to <see cref="MontyValue"/>. A frame of an unknown kind is the worker's fault and breaks the connection.</summary>
internal static class ValueDecoder
{
    public static MontyValue Decode(MontyObject? source) => source?.KindCase switch
    {
        MontyObject.KindOneofCase.Ellipsis => MontyEllipsis.Instance,
        MontyObject.KindOneofCase.None_ => MontyNone.Instance,
        MontyObject.KindOneofCase.NotImplemented => MontyNotImplemented.Instance,
        MontyObject.KindOneofCase.Boolean => source.Boolean ? MontyBool.True : MontyBool.False,
        MontyObject.KindOneofCase.Int => new MontyInt(source.Int),
        MontyObject.KindOneofCase.Bigint => new MontyInt(DecodeBigInt(source.Bigint)),
        MontyObject.KindOneofCase.Float => new MontyFloat(source.Float),
        MontyObject.KindOneofCase.Str => new MontyStr(source.Str),
        MontyObject.KindOneofCase.Bytes => new MontyBytes(source.Bytes.Memory),
        MontyObject.KindOneofCase.List => new MontyList(DecodeItems(source.List.Items_)),
        MontyObject.KindOneofCase.Tuple => new MontyTuple(DecodeItems(source.Tuple.Items_)),
        MontyObject.KindOneofCase.NamedTuple => DecodeNamedTuple(source.NamedTuple),
        MontyObject.KindOneofCase.Dict => DecodeDict(source.Dict),
        MontyObject.KindOneofCase.Set => new MontySet(DecodeItems(source.Set.Items_)),
        MontyObject.KindOneofCase.FrozenSet => new MontyFrozenSet(DecodeItems(source.FrozenSet.Items_)),
        MontyObject.KindOneofCase.Date => new MontyDate(source.Date.Year, (int)source.Date.Month, (int)source.Date.Day),
        MontyObject.KindOneofCase.Time => DecodeTime(source.Time),
        MontyObject.KindOneofCase.DateTime => DecodeDateTime(source.DateTime),
        MontyObject.KindOneofCase.TimeDelta => new MontyTimeDelta(source.TimeDelta.Days, source.TimeDelta.Seconds, source.TimeDelta.Microseconds),
        MontyObject.KindOneofCase.TimeZone => DecodeTimeZone(source.TimeZone),
        MontyObject.KindOneofCase.Exception => new MontyExceptionObject(source.Exception.ExcType, source.Exception.HasArg ? source.Exception.Arg : null),
        MontyObject.KindOneofCase.Type => DecodeType(source.Type),
        MontyObject.KindOneofCase.ClassInstance => DecodeInstance(source.ClassInstance),
        MontyObject.KindOneofCase.Function => new MontyFunction(source.Function.Name, source.Function.HasDocstring ? source.Function.Docstring : null),
        MontyObject.KindOneofCase.BuiltinFunction => new MontyBuiltin(source.BuiltinFunction),
        MontyObject.KindOneofCase.Path => new MontyPath(source.Path),
        MontyObject.KindOneofCase.FileHandle => new MontyFileHandle(source.FileHandle.Path, source.FileHandle.Mode, (long)source.FileHandle.Position),
        MontyObject.KindOneofCase.Repr => new MontyRepr(source.Repr),
        MontyObject.KindOneofCase.Cycle => new MontyCycle((long)source.Cycle.Identity, source.Cycle.Placeholder),
        _ => throw new WireFormatException("a value without a kind that protocol version 2 knows"),
    };

    public static EquatableArray<MontyValue> DecodeItems(IList<MontyObject> source)
    {
        var items = new MontyValue[source.Count];
        for (var i = 0; i < items.Length; i++) items[i] = Decode(source[i]);
        return new EquatableArray<MontyValue>(items);
    }

    public static EquatableArray<KeyValuePair<string, MontyValue>> DecodeKeywords(IList<Pair> source)
    {
        var items = new KeyValuePair<string, MontyValue>[source.Count];
        for (var i = 0; i < items.Length; i++)
        {
            if (source[i].Key?.KindCase != MontyObject.KindOneofCase.Str) throw new WireFormatException("a keyword that is not a str");
            items[i] = new(source[i].Key.Str, Decode(source[i].Value));
        }

        return new EquatableArray<KeyValuePair<string, MontyValue>>(items);
    }

    public static MontyTimeZone DecodeTimeZone(TimeZone source) => new(source.OffsetSeconds, source.HasName ? source.Name : null);

    public static Guid? DecodeId(Uuid? source) => source is null
        ? null
        : source.Data.Length == 16 ? new Guid(source.Data.Span, bigEndian: true) : throw new WireFormatException("an id that is not 16 bytes");

    private static BigInteger DecodeBigInt(BigInt source)
    {
        var magnitude = new BigInteger(source.Magnitude.Span, isUnsigned: true, isBigEndian: true);
        return source.Negative ? -magnitude : magnitude;
    }

    private static MontyDict DecodeDict(Dict? source)
    {
        if (source is null || source.Pairs.Count == 0) return MontyDict.Empty;
        var pairs = new KeyValuePair<MontyValue, MontyValue>[source.Pairs.Count];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = new(Decode(source.Pairs[i].Key), Decode(source.Pairs[i].Value));
        return new MontyDict(new EquatableArray<KeyValuePair<MontyValue, MontyValue>>(pairs));
    }

    private static MontyNamedTuple DecodeNamedTuple(NamedTuple source)
    {
        if (source.FieldNames.Count != source.Values.Count) throw new WireFormatException("a named tuple with more names than values, or fewer");
        var fields = new KeyValuePair<string, MontyValue>[source.Values.Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = new(source.FieldNames[i], Decode(source.Values[i]));
        return new MontyNamedTuple(source.TypeName, new EquatableArray<KeyValuePair<string, MontyValue>>(fields));
    }

    private static MontyTime DecodeTime(Time source) => new(
        (int)source.Hour, (int)source.Minute, (int)source.Second, (int)source.Microsecond,
        source.HasOffsetSeconds ? source.OffsetSeconds : null, source.HasTimezoneName ? source.TimezoneName : null, (int)source.Fold);

    private static MontyDateTime DecodeDateTime(DateTime source) => new(
        source.Year, (int)source.Month, (int)source.Day, (int)source.Hour, (int)source.Minute, (int)source.Second, (int)source.Microsecond,
        source.HasOffsetSeconds ? source.OffsetSeconds : null, source.HasTimezoneName ? source.TimezoneName : null);

    private static MontyType DecodeType(Type source)
    {
        if (source.Origin is < (uint)MontyTypeOrigin.Builtin or > (uint)MontyTypeOrigin.Host) throw new WireFormatException("a class of unknown origin");
        return new MontyType(
            source.Name, (MontyTypeOrigin)source.Origin, DecodeId(source.Id), source.IsDataclass, source.Attrs is null ? null : DecodeDict(source.Attrs));
    }

    private static MontyInstance DecodeInstance(ClassInstance source)
    {
        if (source.Type is null) throw new WireFormatException("an instance without a class");
        var id = DecodeId(source.InstanceId) ?? throw new WireFormatException("an instance without an id");
        return new MontyInstance(DecodeType(source.Type), id, DecodeDict(source.Attrs));
    }
}
