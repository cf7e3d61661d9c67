using System.Numerics;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>Reads a value as one CLR type, without loss: what the type cannot hold exactly is an <see cref="InvalidCastException"/>.</summary>
/// <remarks>
/// Kinds do not stand in for each other: a bool is no int and a str no number. An int reads as <see cref="double"/> where that is exact.
/// The messages name the kind and show the value. Thread-safe.
/// </remarks>
public static class MontyCasts
{
    /// <summary>A bool.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static bool AsBoolean(this MontyValue value) =>
        value is MontyBool boolean ? boolean.Value : throw CreateCastException(value, "a bool");

    /// <summary>An int of 32 bits.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind or out of range.</exception>
    public static int AsInt32(this MontyValue value) =>
        value is MontyInt integer && integer.TryGetInt64(out var number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw CreateCastException(value, "an int of 32 bits");

    /// <summary>An int of 64 bits.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind or out of range.</exception>
    public static long AsInt64(this MontyValue value) =>
        value is MontyInt integer && integer.TryGetInt64(out var number) ? number : throw CreateCastException(value, "an int of 64 bits");

    /// <summary>An int of any size.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static BigInteger AsBigInteger(this MontyValue value) =>
        value is MontyInt integer ? integer.Value : throw CreateCastException(value, "an int");

    /// <summary>A float, or an int that a double holds exactly.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or an int that would be rounded.</exception>
    public static double AsDouble(this MontyValue value) =>
        value switch
        {
            MontyFloat number => number.Value,
            MontyInt integer
                when (double)integer.Value is var number && double.IsFinite(number) && new BigInteger(number) == integer.Value => number,
            _ => throw CreateCastException(value, "a float"),
        };

    /// <summary>A str.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static string AsString(this MontyValue value) => value is MontyStr text ? text.Value : throw CreateCastException(value, "a str");

    /// <summary>A bytes object. The memory is the value's own: do not change it.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static ReadOnlyMemory<byte> AsBytes(this MontyValue value) =>
        value is MontyBytes bytes ? bytes.Value : throw CreateCastException(value, "bytes");

    /// <summary>The items of a list or tuple.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind; sets have no order to rely on.</exception>
    public static EquatableArray<MontyValue> AsList(this MontyValue value) =>
        value switch
        {
            MontyList list => list.Items,
            MontyTuple tuple => tuple.Items,
            _ => throw CreateCastException(value, "a list or tuple"),
        };

    /// <summary>A dict.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    public static MontyDict AsDict(this MontyValue value) => value as MontyDict ?? throw CreateCastException(value, "a dict");

    /// <summary>A date.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind; a datetime is no date.</exception>
    public static DateOnly AsDateOnly(this MontyValue value) =>
        value is MontyDate date && ClrTimes.Read(date) is { } read ? read : throw CreateCastException(value, "a date");

    /// <summary>A naive time. Its <c>fold</c> is dropped.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or has an offset, which the type cannot hold.</exception>
    public static TimeOnly AsTimeOnly(this MontyValue value) =>
        value is MontyTime time && ClrTimes.Read(time) is { } read ? read : throw CreateCastException(value, "a time without an offset");

    /// <summary>A naive datetime, with <see cref="DateTimeKind.Unspecified"/>.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or has an offset: use <see cref="AsDateTimeOffset"/>.</exception>
    public static DateTime AsDateTime(this MontyValue value) =>
        value is MontyDateTime moment && ClrTimes.ReadNaive(moment) is { } read
            ? read
            : throw CreateCastException(value, "a datetime without an offset");

    /// <summary>An aware datetime. The name of its zone is dropped.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, has no offset (use <see cref="AsDateTime"/>), or one that is
    /// not in whole minutes within 14 hours.</exception>
    public static DateTimeOffset AsDateTimeOffset(this MontyValue value) =>
        value is MontyDateTime moment && ClrTimes.ReadAware(moment) is { } read
            ? read
            : throw CreateCastException(value, "a datetime with an offset in whole minutes within 14 hours");

    /// <summary>A timedelta.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or beyond the ±10675199 days of a <see cref="TimeSpan"/>.</exception>
    public static TimeSpan AsTimeSpan(this MontyValue value) =>
        value is MontyTimeDelta delta && ClrTimes.Read(delta) is { } read
            ? read
            : throw CreateCastException(value, "a timedelta within the range of a TimeSpan");

    private static InvalidCastException CreateCastException(MontyValue value, string wanted)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new InvalidCastException($"Expected {wanted}, but the value is {ValueSummary.Summarize(value)}.");
    }
}
