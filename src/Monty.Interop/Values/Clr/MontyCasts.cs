using System.Numerics;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>Converts values to CLR types without loss. A value that the CLR type cannot hold exactly throws <see cref="InvalidCastException"/>.</summary>
/// <remarks>
/// Kinds of values are not converted to each other: a bool is not accepted as an int, and a str is not parsed as a number. The exception is
/// an int that a <see cref="double"/> holds exactly. Error messages name the expected kind and show the value. Thread-safe.
/// </remarks>
public static class MontyCasts
{
    /// <summary>Returns the value of a bool.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static bool AsBoolean(this MontyValue value) =>
        value is MontyBool boolean ? boolean.Value : throw CreateCastException(value, "a bool");

    /// <summary>Returns the value of an int that fits in 32 bits.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind or out of range.</exception>
    public static int AsInt32(this MontyValue value) =>
        value is MontyInt integer && integer.TryGetInt64(out var number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw CreateCastException(value, "an int of 32 bits");

    /// <summary>Returns the value of an int that fits in 64 bits.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind or out of range.</exception>
    public static long AsInt64(this MontyValue value) =>
        value is MontyInt integer && integer.TryGetInt64(out var number) ? number : throw CreateCastException(value, "an int of 64 bits");

    /// <summary>Returns the value of an int of any size.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static BigInteger AsBigInteger(this MontyValue value) =>
        value is MontyInt integer ? integer.Value : throw CreateCastException(value, "an int");

    /// <summary>Returns the value of a float, or of an int that a double holds exactly.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or an int that would be rounded.</exception>
    public static double AsDouble(this MontyValue value) =>
        value switch
        {
            MontyFloat number => number.Value,
            MontyInt integer
                when (double)integer.Value is var number && double.IsFinite(number) && new BigInteger(number) == integer.Value => number,
            _ => throw CreateCastException(value, "a float"),
        };

    /// <summary>Returns the text of a str.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static string AsString(this MontyValue value) => value is MontyStr text ? text.Value : throw CreateCastException(value, "a str");

    /// <summary>Returns the content of a bytes object. The memory is not copied, so do not change it.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static ReadOnlyMemory<byte> AsBytes(this MontyValue value) =>
        value is MontyBytes bytes ? bytes.Value : throw CreateCastException(value, "bytes");

    /// <summary>Returns the items of a list or tuple.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind. Sets are not accepted, because their order is arbitrary.</exception>
    public static EquatableArray<MontyValue> AsList(this MontyValue value) =>
        value switch
        {
            MontyList list => list.Items,
            MontyTuple tuple => tuple.Items,
            _ => throw CreateCastException(value, "a list or tuple"),
        };

    /// <summary>Returns the value as a dict.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static MontyDict AsDict(this MontyValue value) => value as MontyDict ?? throw CreateCastException(value, "a dict");

    /// <summary>Returns the value of a date.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind. A datetime is not accepted as a date.</exception>
    public static DateOnly AsDateOnly(this MontyValue value) =>
        value is MontyDate date && ClrTimes.Read(date) is { } read ? read : throw CreateCastException(value, "a date");

    /// <summary>Returns the value of a naive time, without its <c>fold</c>.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or has an offset, which <see cref="TimeOnly"/> cannot hold.</exception>
    public static TimeOnly AsTimeOnly(this MontyValue value) =>
        value is MontyTime time && ClrTimes.Read(time) is { } read ? read : throw CreateCastException(value, "a time without an offset");

    /// <summary>Returns the value of a naive datetime, with <see cref="DateTimeKind.Unspecified"/>.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or has an offset. Use <see cref="AsDateTimeOffset"/> for a datetime with an offset.</exception>
    public static DateTime AsDateTime(this MontyValue value) =>
        value is MontyDateTime moment && ClrTimes.ReadNaive(moment) is { } read
            ? read
            : throw CreateCastException(value, "a datetime without an offset");

    /// <summary>Returns the value of an aware datetime, without the name of its time zone.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, has no offset (use <see cref="AsDateTime"/>), or has an offset that is
    /// not in whole minutes or is greater than 14 hours.</exception>
    public static DateTimeOffset AsDateTimeOffset(this MontyValue value) =>
        value is MontyDateTime moment && ClrTimes.ReadAware(moment) is { } read
            ? read
            : throw CreateCastException(value, "a datetime with an offset in whole minutes within 14 hours");

    /// <summary>Returns the value of a timedelta.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or outside the range of <see cref="TimeSpan"/>, about ±10675199 days.</exception>
    public static TimeSpan AsTimeSpan(this MontyValue value) =>
        value is MontyTimeDelta delta && ClrTimes.Read(delta) is { } read
            ? read
            : throw CreateCastException(value, "a timedelta within the range of a TimeSpan");

    private static InvalidCastException CreateCastException(MontyValue value, string expected)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new InvalidCastException($"Expected {expected}, but the value is {ValueSummary.Summarize(value)}.");
    }
}
