using System.Numerics;

namespace Monty.Interop.Wire;

/// <summary>Decodes a <see cref="MontyValue"/> directly from the bytes of its message. Invalid bytes are a defect of the worker and break the connection.</summary>
/// <remarks>Messages that contain values are read with <see cref="FieldReader"/>; other messages use their generated parsers.</remarks>
internal static class ValueDecoder
{
    /// <summary>The maximum nesting of messages, including the message of the event. The runtime's decoder has the same limit.</summary>
    private const int MaxDepth = 100;

    /// <summary>The depth of a value in an event.</summary>
    private const int DepthInEvent = 2;

    public static MontyValue Decode(ReadOnlySpan<byte> source) => Decode(source, DepthInEvent);

    public static KeyValuePair<string, MontyValue> DecodeKeyword(ReadOnlySpan<byte> source)
    {
        var (key, value) = DecodePair(source, DepthInEvent);
        return key is MontyStr name ? new(name.Value, value) : throw new WireFormatException("a keyword argument whose name is not a str");
    }

    public static MontyTimeZone DecodeTimeZone(TimeZone source) => new(source.OffsetSeconds, source.HasName ? source.Name : null);

    /// <summary>Decodes an id from the bytes of its message.</summary>
    public static Guid DecodeId(ReadOnlySpan<byte> source) => ToGuid(Uuid.Parser.ParseFrom(source).Data.Span);

    public static Guid ToGuid(ReadOnlySpan<byte> id) =>
        id.Length == 16 ? new Guid(id, bigEndian: true) : throw new WireFormatException("an id that is not 16 bytes long");

    private static MontyValue Decode(ReadOnlySpan<byte> source, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new WireFormatException($"more than {MaxDepth} nested messages");
        }

        MontyValue? value = null;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            value = DecodeKind(ref reader, depth) ?? value;
        }

        return value ?? throw new WireFormatException("a value of a kind that protocol version 2 does not have");
    }

    private static MontyValue? DecodeKind(ref FieldReader source, int depth) =>
        source.Field switch
        {
            MontyObject.EllipsisFieldNumber => MontyEllipsis.Instance,
            MontyObject.NoneValueFieldNumber => MontyNone.Instance,
            MontyObject.NotImplementedFieldNumber => MontyNotImplemented.Instance,
            MontyObject.BooleanFieldNumber => source.Number != 0 ? MontyBool.True : MontyBool.False,
            MontyObject.IntFieldNumber => new MontyInt(source.Signed),
            MontyObject.BigintFieldNumber => new MontyInt(DecodeBigInt(source.Read<BigInt>())),
            MontyObject.FloatFieldNumber => new MontyFloat(BitConverter.UInt64BitsToDouble(source.Number)),
            MontyObject.StrFieldNumber => new MontyStr(source.Text),
            MontyObject.BytesFieldNumber => new MontyBytes(source.Bytes.ToArray()),
            MontyObject.ListFieldNumber => new MontyList(DecodeItems(source.Bytes, Items.Items_FieldNumber, depth + 1)),
            MontyObject.TupleFieldNumber => new MontyTuple(DecodeItems(source.Bytes, Items.Items_FieldNumber, depth + 1)),
            MontyObject.NamedTupleFieldNumber => DecodeNamedTuple(source.Bytes, depth + 1),
            MontyObject.DictFieldNumber => DecodeDict(source.Bytes, depth + 1),
            MontyObject.SetFieldNumber => new MontySet(DecodeItems(source.Bytes, Items.Items_FieldNumber, depth + 1)),
            MontyObject.FrozenSetFieldNumber => new MontyFrozenSet(DecodeItems(source.Bytes, Items.Items_FieldNumber, depth + 1)),
            MontyObject.DateFieldNumber => DecodeDate(source.Read<Date>()),
            MontyObject.TimeFieldNumber => DecodeTime(source.Read<Time>()),
            MontyObject.DateTimeFieldNumber => DecodeDateTime(source.Read<DateTime>()),
            MontyObject.TimeDeltaFieldNumber => DecodeTimeDelta(source.Read<TimeDelta>()),
            MontyObject.TimeZoneFieldNumber => DecodeTimeZone(source.Read<TimeZone>()),
            MontyObject.ExceptionFieldNumber => DecodeException(source.Read<ExceptionObject>()),
            MontyObject.TypeFieldNumber => DecodeType(source.Bytes, depth + 1),
            MontyObject.ClassInstanceFieldNumber => DecodeInstance(source.Bytes, depth + 1),
            MontyObject.FunctionFieldNumber => DecodeFunction(source.Read<Function>()),
            MontyObject.BuiltinFunctionFieldNumber => new MontyBuiltin(source.Text),
            MontyObject.PathFieldNumber => new MontyPath(source.Text),
            MontyObject.FileHandleFieldNumber => DecodeFileHandle(source.Read<FileHandle>()),
            MontyObject.ReprFieldNumber => new MontyRepr(source.Text),
            MontyObject.CycleFieldNumber => DecodeCycle(source.Read<Cycle>()),
            _ => null,
        };

    private static EquatableArray<MontyValue> DecodeItems(ReadOnlySpan<byte> source, int field, int depth)
    {
        var items = new MontyValue[FieldReader.Count(source, field)];
        var count = 0;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == field)
            {
                items[count++] = Decode(reader.Bytes, depth + 1);
            }
        }

        return new EquatableArray<MontyValue>(items);
    }

    private static MontyDict DecodeDict(ReadOnlySpan<byte> source, int depth)
    {
        var pairs = new KeyValuePair<MontyValue, MontyValue>[FieldReader.Count(source, Dict.PairsFieldNumber)];
        if (pairs.Length == 0)
        {
            return MontyDict.Empty;
        }

        var count = 0;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == Dict.PairsFieldNumber)
            {
                pairs[count++] = DecodePair(reader.Bytes, depth + 1);
            }
        }

        return new MontyDict(new EquatableArray<KeyValuePair<MontyValue, MontyValue>>(pairs));
    }

    private static KeyValuePair<MontyValue, MontyValue> DecodePair(ReadOnlySpan<byte> source, int depth)
    {
        ReadOnlySpan<byte> key = default,
            value = default;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == Pair.KeyFieldNumber)
            {
                key = reader.Bytes;
            }
            else if (reader.Field == Pair.ValueFieldNumber)
            {
                value = reader.Bytes;
            }
        }

        return new(Decode(key, depth + 1), Decode(value, depth + 1));
    }

    private static MontyNamedTuple DecodeNamedTuple(ReadOnlySpan<byte> source, int depth)
    {
        var typeName = "";
        var names = new List<string>();
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == NamedTuple.TypeNameFieldNumber)
            {
                typeName = reader.Text;
            }
            else if (reader.Field == NamedTuple.FieldNamesFieldNumber)
            {
                names.Add(reader.Text);
            }
        }

        var values = DecodeItems(source, NamedTuple.ValuesFieldNumber, depth);
        if (names.Count != values.Count)
        {
            throw new WireFormatException("a named tuple with different numbers of names and values");
        }

        var fields = new KeyValuePair<string, MontyValue>[names.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new(names[i], values[i]);
        }

        return new MontyNamedTuple(typeName, new EquatableArray<KeyValuePair<string, MontyValue>>(fields));
    }

    private static MontyType DecodeType(ReadOnlySpan<byte> source, int depth)
    {
        var name = "";
        Guid? id = null;
        var origin = 0ul;
        var isDataclass = false;
        MontyDict? attributes = null;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            switch (reader.Field)
            {
                case Type.NameFieldNumber:
                    name = reader.Text;
                    break;
                case Type.IdFieldNumber:
                    id = DecodeId(reader.Bytes);
                    break;
                case Type.OriginFieldNumber:
                    origin = reader.Number;
                    break;
                case Type.IsDataclassFieldNumber:
                    isDataclass = reader.Number != 0;
                    break;
                case Type.AttrsFieldNumber:
                    attributes = DecodeDict(reader.Bytes, depth + 1);
                    break;
            }
        }

        if (origin is < (ulong)MontyTypeOrigin.Builtin or > (ulong)MontyTypeOrigin.Host)
        {
            throw new WireFormatException("a class with an unknown origin");
        }

        return new MontyType(name, (MontyTypeOrigin)origin, id, isDataclass, attributes);
    }

    private static MontyInstance DecodeInstance(ReadOnlySpan<byte> source, int depth)
    {
        MontyType? type = null;
        Guid? id = null;
        var attributes = MontyDict.Empty;
        for (var reader = new FieldReader(source); reader.Next(); )
        {
            if (reader.Field == ClassInstance.TypeFieldNumber)
            {
                type = DecodeType(reader.Bytes, depth + 1);
            }
            else if (reader.Field == ClassInstance.InstanceIdFieldNumber)
            {
                id = DecodeId(reader.Bytes);
            }
            else if (reader.Field == ClassInstance.AttrsFieldNumber)
            {
                attributes = DecodeDict(reader.Bytes, depth + 1);
            }
        }

        return new MontyInstance(
            type ?? throw new WireFormatException("an instance without a class"),
            id ?? throw new WireFormatException("an instance without an id"),
            attributes
        );
    }

    private static BigInteger DecodeBigInt(BigInt source)
    {
        var magnitude = new BigInteger(source.Magnitude.Span, isUnsigned: true, isBigEndian: true);
        return source.Negative ? -magnitude : magnitude;
    }

    private static MontyDate DecodeDate(Date source) => new(source.Year, (int)source.Month, (int)source.Day);

    private static MontyTime DecodeTime(Time source) =>
        new(
            (int)source.Hour,
            (int)source.Minute,
            (int)source.Second,
            (int)source.Microsecond,
            source.HasOffsetSeconds ? source.OffsetSeconds : null,
            source.HasTimezoneName ? source.TimezoneName : null,
            (int)source.Fold
        );

    private static MontyDateTime DecodeDateTime(DateTime source) =>
        new(
            source.Year,
            (int)source.Month,
            (int)source.Day,
            (int)source.Hour,
            (int)source.Minute,
            (int)source.Second,
            (int)source.Microsecond,
            source.HasOffsetSeconds ? source.OffsetSeconds : null,
            source.HasTimezoneName ? source.TimezoneName : null
        );

    private static MontyTimeDelta DecodeTimeDelta(TimeDelta source) => new(source.Days, source.Seconds, source.Microseconds);

    private static MontyExceptionObject DecodeException(ExceptionObject source) => new(source.ExcType, source.HasArg ? source.Arg : null);

    private static MontyFunction DecodeFunction(Function source) => new(source.Name, source.HasDocstring ? source.Docstring : null);

    private static MontyFileHandle DecodeFileHandle(FileHandle source) => new(source.Path, source.Mode, (long)source.Position);

    private static MontyCycle DecodeCycle(Cycle source) => new((long)source.Identity, source.Placeholder);
}
