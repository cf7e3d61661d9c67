using System.Numerics;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Counts the bytes that a value takes on the wire, without building anything.</summary>
/// <remarks>
/// The result equals protobuf's size of every value that <see cref="ValueEncoder"/> accepts. A value that it refuses is counted as far as possible, and never
/// causes an exception here. Counting stops above <see cref="SizeLimits.CountedBytes"/>.
/// </remarks>
internal ref struct WireSize
{
    /// <summary>The number of nested containers to count. It is more than <see cref="ValueEncoder"/> accepts, because each takes at least two messages.</summary>
    private const int MaxLevels = 52;

    /// <summary>The lowest field number whose tag takes two bytes.</summary>
    private const int FirstLongTag = 16;

    private const int IdBytes = 16;

    private long counted;

    /// <summary>Returns the number of bytes of the <see cref="MontyObject"/> for the value.</summary>
    public static long Of(MontyValue? value) => new WireSize().Count(value, MaxLevels);

    /// <summary>Returns the number of bytes of a field that holds a text or a message: its tag, length and content.</summary>
    public static long OfField(int field, long content) =>
        (field < FirstLongTag ? 1 : 2) + CodedOutputStream.ComputeUInt64Size((ulong)content) + content;

    /// <summary>Returns the number of bytes of a text in an optional field or a <c>oneof</c>, where an empty text is written. Null is not written and takes none.</summary>
    public static long OfText(int field, string? text) => text is null ? 0 : OfField(field, Utf8Length.Of(text));

    /// <summary>Returns the number of bytes of a text in a plain field, which is left out when it is empty.</summary>
    public static long OfPlainText(int field, string? text) => string.IsNullOrEmpty(text) ? 0 : OfText(field, text);

    /// <summary>Returns the number of bytes of a number in a plain field, which is left out when it is 0.</summary>
    public static long OfPlainNumber(int field, long number) => number == 0 ? 0 : OfNumber(field, (ulong)number);

    /// <summary>Returns the number of bytes of a number in an optional field or a <c>oneof</c>, where 0 is written.</summary>
    public static long OfNumber(int field, ulong number) => (field < FirstLongTag ? 1 : 2) + CodedOutputStream.ComputeUInt64Size(number);

    private long Count(MontyValue? value, int levels)
    {
        var before = counted;
        var size = value switch
        {
            MontyStr x => OfText(MontyObject.StrFieldNumber, x.Value),
            MontyInt x => OfInt(x),
            MontyFloat => 1 + sizeof(double),
            MontyBool => 2,
            MontyNone or MontyEllipsis or MontyNotImplemented => 2,
            MontyBytes x => OfField(MontyObject.BytesFieldNumber, x.Value.Length),
            MontyDate x => OfField(MontyObject.DateFieldNumber, OfDate(x.Year, x.Month, x.Day)),
            MontyTime x => OfField(MontyObject.TimeFieldNumber, OfTime(x)),
            MontyDateTime x => OfField(MontyObject.DateTimeFieldNumber, OfDateTime(x)),
            MontyTimeDelta x => OfField(
                MontyObject.TimeDeltaFieldNumber,
                OfPlainNumber(1, x.Days) + OfPlainNumber(2, x.Seconds) + OfPlainNumber(3, x.Microseconds)
            ),
            MontyTimeZone x => OfField(MontyObject.TimeZoneFieldNumber, OfPlainNumber(1, x.OffsetSeconds) + OfText(2, x.Name)),
            MontyExceptionObject x => OfField(MontyObject.ExceptionFieldNumber, OfPlainText(1, x.Type) + OfText(2, x.Argument)),
            MontyFunction x => OfField(MontyObject.FunctionFieldNumber, OfPlainText(1, x.Name) + OfText(2, x.Docstring)),
            MontyBuiltin x => OfText(MontyObject.BuiltinFunctionFieldNumber, x.Name),
            MontyPath x => OfText(MontyObject.PathFieldNumber, x.Value),
            MontyFileHandle x => OfField(
                MontyObject.FileHandleFieldNumber,
                OfPlainText(1, x.Path) + OfPlainText(2, x.Mode) + OfPlainNumber(3, x.Position)
            ),
            _ when levels == 0 => 0, // ValueEncoder refuses it as too deep
            MontyList x => OfField(MontyObject.ListFieldNumber, OfItems(x.Items, levels - 1)),
            MontyTuple x => OfField(MontyObject.TupleFieldNumber, OfItems(x.Items, levels - 1)),
            MontySet x => OfField(MontyObject.SetFieldNumber, OfItems(x.Items, levels - 1)),
            MontyFrozenSet x => OfField(MontyObject.FrozenSetFieldNumber, OfItems(x.Items, levels - 1)),
            MontyDict x => OfField(MontyObject.DictFieldNumber, OfDict(x, levels - 1)),
            MontyNamedTuple x => OfField(MontyObject.NamedTupleFieldNumber, OfNamedTuple(x, levels - 1)),
            MontyType x => OfField(MontyObject.TypeFieldNumber, OfType(x, levels - 1)),
            MontyInstance x => OfField(MontyObject.ClassInstanceFieldNumber, OfInstance(x, levels - 1)),
            _ => 0, // ValueEncoder refuses it
        };
        counted = before + size; // the size includes the values inside, which were added to the count as well
        return size;
    }

    private long OfItems(EquatableArray<MontyValue> items, int levels)
    {
        long size = 0;
        foreach (var item in items)
        {
            size += OfField(1, Count(item, levels));
            if (counted > SizeLimits.CountedBytes)
            {
                break;
            }
        }

        return size;
    }

    private long OfDict(MontyDict? dict, int levels)
    {
        long size = 0;
        foreach (var (key, value) in (dict ?? MontyDict.Empty).Pairs)
        {
            size += OfField(1, OfField(1, Count(key, levels)) + OfField(2, Count(value, levels)));
            if (counted > SizeLimits.CountedBytes)
            {
                break;
            }
        }

        return size;
    }

    private long OfNamedTuple(MontyNamedTuple value, int levels)
    {
        var size = OfPlainText(1, value.Name);
        foreach (var (name, item) in value.Fields)
        {
            size += OfText(2, name) + OfField(3, Count(item, levels));
            if (counted > SizeLimits.CountedBytes)
            {
                break;
            }
        }

        return size;
    }

    private long OfType(MontyType? type, int levels)
    {
        if (type is null)
        {
            return 0;
        }

        var size = OfPlainText(1, type.Name) + OfPlainNumber(3, (uint)type.Origin) + OfPlainNumber(4, type.IsDataclass ? 1 : 0);
        if (type.Id is not null)
        {
            size += OfField(2, OfField(1, IdBytes));
        }

        return type.Attributes is null ? size : size + OfField(5, OfDict(type.Attributes, levels));
    }

    private long OfInstance(MontyInstance value, int levels) =>
        OfField(1, OfType(value.Type, levels)) + OfField(2, OfField(1, IdBytes)) + OfField(3, OfDict(value.Attributes, levels));

    private static long OfInt(MontyInt value)
    {
        if (value.TryGetInt64(out var small))
        {
            return 1 + CodedOutputStream.ComputeSInt64Size(small);
        }

        var magnitude = BigInteger.Abs(value.Value);
        return OfField(
            MontyObject.BigintFieldNumber,
            OfPlainNumber(1, value.Value.Sign < 0 ? 1 : 0) + OfField(2, magnitude.GetByteCount(isUnsigned: true))
        );
    }

    private static long OfDate(int year, int month, int day) => OfPlainNumber(1, year) + OfPlainNumber(2, month) + OfPlainNumber(3, day);

    private static long OfTime(MontyTime value) =>
        OfPlainNumber(1, value.Hour)
        + OfPlainNumber(2, value.Minute)
        + OfPlainNumber(3, value.Second)
        + OfPlainNumber(4, value.Microsecond)
        + OfOptionalNumber(5, value.OffsetSeconds)
        + OfText(6, value.TimeZoneName)
        + OfPlainNumber(7, value.Fold);

    private static long OfDateTime(MontyDateTime value) =>
        OfDate(value.Year, value.Month, value.Day)
        + OfPlainNumber(4, value.Hour)
        + OfPlainNumber(5, value.Minute)
        + OfPlainNumber(6, value.Second)
        + OfPlainNumber(7, value.Microsecond)
        + OfOptionalNumber(8, value.OffsetSeconds)
        + OfText(9, value.TimeZoneName);

    private static long OfOptionalNumber(int field, int? number) => number is { } known ? OfNumber(field, (ulong)known) : 0;
}
