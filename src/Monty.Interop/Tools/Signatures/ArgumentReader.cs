using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Text.Json;
using Monty.Interop.HostObjects;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Reads one argument of a call: numbers widen as in Python, lent objects are the objects themselves, and refusals are worded for the script.</summary>
/// <param name="function">The function's name in messages.</param>
/// <param name="argument">The argument's name.</param>
/// <param name="types">What the signature names.</param>
/// <param name="objects">What the session has lent.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class ArgumentReader(string function, string argument, PythonTypes types, LentObjects objects) : Hydrator
{
    protected override object? Find(MontyValue value, Type type)
    {
        if (types.ClassOf(type) is not { IsLent: true } hostClass)
        {
            return null;
        }

        if (value is MontyNone)
        {
            return null; // whether it is taken, the declaration says
        }

        return
            value is MontyInstance { Type.Origin: MontyTypeOrigin.Host } instance
            && objects.Find(instance.InstanceId) is { } lent
            && lent.Class.Id == hostClass.Id
            && type.IsInstanceOfType(lent.Target) // lent as another class it has other rights
            ? lent.Target
            : throw CreateMismatchException(type, null, value);
    }

    protected override MontyValue Coerce(MontyValue value, Type type)
    {
        if (IsWhole(type))
        {
            return value is MontyBool bit ? new MontyInt(bit.Value ? 1 : 0) : value;
        }

        if (!IsReal(type))
        {
            return value;
        }

        if (value is MontyBool flag)
        {
            return new MontyFloat(flag.Value ? 1 : 0);
        }

        return value is MontyInt whole && type != typeof(decimal) && (double)whole.Value is var number && double.IsFinite(number)
            ? new MontyFloat(number)
            : value;
    }

    protected override Exception CreateMismatchException(
        Type type,
        NullabilityInfo? annotation,
        MontyValue value,
        Exception? cause = null
    ) =>
        cause is null
            ? WrongType(type, annotation, value)
            : Unfit(Nullable.GetUnderlyingType(type) ?? type, value, cause) ?? WrongType(type, annotation, value);

    protected override Exception Unfillable(Type type, NullabilityInfo? annotation, MontyValue value) => WrongType(type, annotation, value);

    protected override Exception CreateMissingException(Type type, ParameterInfo parameter) =>
        CreateContentException(type, null, $"has no '{NameOf(parameter)}'");

    protected override Exception CreateContentException(Type type, NullabilityInfo? annotation, string problem) =>
        CreateError("TypeError", $"must be {types.GetArgumentType(type, annotation)}, but {problem}");

    protected override string NameOf(ParameterInfo parameter) => ToolNames.FromParameter(parameter.Name!);

    /// <summary>What refuses a value of the right kind that the type cannot hold; null for another kind.</summary>
    private PythonException? Unfit(Type type, MontyValue value, Exception cause) =>
        (cause, value) switch
        {
            (JsonException, _) => CreateError("ValueError", $"cannot be written as JSON: {cause.Message}"),
            (_, MontyStr text) when type.IsEnum => UnknownName(Enum.GetNames(type), text.Value),
            (_, MontyStr text) when type == typeof(char) => CreateError(
                "ValueError",
                $"must be a str of one character, not {ValuePath.Quote(text.Value)}"
            ),
            (_, MontyStr text) when type == typeof(Guid) => CreateError("ValueError", $"must be a UUID, not {ValuePath.Quote(text.Value)}"),
            (_, MontyStr text) when type == typeof(Uri) => CreateError("ValueError", $"must be a URL, not {ValuePath.Quote(text.Value)}"),
            (_, MontyDateTime) when type == typeof(DateTime) => CreateError("ValueError", "must be a datetime without a timezone"),
            (_, MontyDateTime) when type == typeof(DateTimeOffset) => CreateError(
                "ValueError",
                "must be a datetime with a timezone, in whole minutes and within 14 hours of UTC"
            ),
            (_, MontyTime) when type == typeof(TimeOnly) => CreateError("ValueError", "must be a time without a timezone"),
            (_, MontyFloat { Value: var number }) when IsReal(type) && !double.IsFinite(number) => CreateError(
                "ValueError",
                $"must be a finite number, not {value}"
            ),
            (_, MontyInt) when IsWhole(type) || IsReal(type) => OutOfRange(type),
            (_, MontyFloat) when IsReal(type) => OutOfRange(type),
            (_, MontyTimeDelta) when type == typeof(TimeSpan) => OutOfRange(type),
            _ => null,
        };

    private PythonException CreateError(string type, string problem) => new(type, $"{function}() argument '{argument}'{Place} {problem}");

    private PythonException WrongType(Type type, NullabilityInfo? annotation, MontyValue value) =>
        CreateError("TypeError", $"must be {types.GetArgumentType(type, annotation)}, not {value.TypeName}");

    private PythonException OutOfRange(Type type) =>
        CreateError("OverflowError", RangeOf(type) is { } range ? $"must be in the range {range}" : "is too large for the host");

    private PythonException UnknownName(string[] names, string unknown)
    {
        var nearest = NearestName.Find(names, unknown);
        return CreateError(
            "ValueError",
            $"must be {NameList.Join([.. names.Select(PythonText.Quote)], "or")}, not {ValuePath.Quote(unknown)}"
                + (nearest is null ? "" : $"; did you mean {PythonText.Quote(nearest)}?")
        );
    }

    private static bool IsWhole(Type type) =>
        (!type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64)
        || type == typeof(Int128)
        || type == typeof(UInt128)
        || type == typeof(BigInteger);

    private static bool IsReal(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(Half) || type == typeof(decimal);

    private static string? RangeOf(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => "0 to 255",
            TypeCode.SByte => "-128 to 127",
            TypeCode.UInt16 => "0 to 65535",
            TypeCode.Int16 => "-32768 to 32767",
            TypeCode.UInt32 => $"0 to {uint.MaxValue}",
            TypeCode.Int32 => $"{int.MinValue} to {int.MaxValue}",
            TypeCode.UInt64 => $"0 to {ulong.MaxValue}",
            TypeCode.Int64 => $"{long.MinValue} to {long.MaxValue}",
            _ => null,
        };
}
