using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Text.Json;
using Monty.Interop.HostObjects;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Converts one argument of a script's call to a C# argument. Numbers widen as in Python, lent objects are resolved, and errors are worded for the script.</summary>
/// <param name="function">The name of the function, for error messages.</param>
/// <param name="argument">The name of the argument, for error messages.</param>
/// <param name="types">The types of the signature.</param>
/// <param name="objects">The objects that the session has lent.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class ArgumentReader(string function, string argument, PythonTypes types, LentObjects objects) : Hydrator
{
    protected override object? FindObject(MontyValue value, Type type)
    {
        if (types.FindClass(type) is not { IsLent: true } hostClass)
        {
            return null;
        }

        if (value is MontyNone)
        {
            return null; // The nullability of the parameter decides whether None is accepted.
        }

        var lent = value is MontyInstance { Type.Origin: MontyTypeOrigin.Host } instance ? objects.Find(instance.InstanceId) : null;

        // An object that was lent as another class exposes other members, so it is not accepted.
        if (lent is null || lent.Class.Id != hostClass.Id || !type.IsInstanceOfType(lent.Target))
        {
            throw CreateMismatchException(type, null, value);
        }

        return lent.Target;
    }

    protected override MontyValue Coerce(MontyValue value, Type type)
    {
        if (IsInteger(type))
        {
            return value is MontyBool bit ? new MontyInt(bit.Value ? 1 : 0) : value;
        }

        if (!IsFloatingPoint(type))
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
            ? CreateTypeError(type, annotation, value)
            : CreateValueError(Nullable.GetUnderlyingType(type) ?? type, value, cause) ?? CreateTypeError(type, annotation, value);

    protected override Exception CreateUnsupportedException(Type type, NullabilityInfo? annotation, MontyValue value) =>
        CreateTypeError(type, annotation, value);

    protected override Exception CreateMissingException(Type type, ParameterInfo parameter) =>
        CreateContentException(type, null, $"has no '{NameOf(parameter)}'");

    protected override Exception CreateContentException(Type type, NullabilityInfo? annotation, string problem) =>
        CreateError("TypeError", $"must be {types.GetArgumentType(type, annotation)}, but {problem}");

    protected override string NameOf(ParameterInfo parameter) => ToolNames.FromParameter(parameter.Name!);

    /// <summary>Returns the error for a value of the right Python type that the C# type cannot hold, or null when the Python type is wrong.</summary>
    private PythonException? CreateValueError(Type type, MontyValue value, Exception cause)
    {
        if (cause is JsonException)
        {
            return CreateError("ValueError", $"cannot be written as JSON: {cause.Message}");
        }

        if (FindRequirement(type, value) is { } requirement)
        {
            return CreateError("ValueError", requirement);
        }

        var isOutOfRange = value switch
        {
            MontyInt => IsInteger(type) || IsFloatingPoint(type),
            MontyFloat => IsFloatingPoint(type),
            MontyTimeDelta => type == typeof(TimeSpan),
            _ => false,
        };
        return isOutOfRange ? CreateRangeError(type) : null;
    }

    /// <summary>Returns the condition that the value does not meet, as the predicate of a sentence, or null when its range is the problem.</summary>
    private static string? FindRequirement(Type type, MontyValue value) =>
        value switch
        {
            MontyStr text when type.IsEnum => DescribeUnknownName(Enum.GetNames(type), text.Value),
            MontyStr text when type == typeof(char) => $"must be a str of one character, not {ValuePath.Quote(text.Value)}",
            MontyStr text when type == typeof(Guid) => $"must be a UUID, not {ValuePath.Quote(text.Value)}",
            MontyStr text when type == typeof(Uri) => $"must be a URL, not {ValuePath.Quote(text.Value)}",
            MontyDateTime when type == typeof(DateTime) => "must be a datetime without a timezone",
            MontyDateTime when type == typeof(DateTimeOffset) =>
                "must be a datetime with a timezone, in whole minutes and within 14 hours of UTC",
            MontyTime when type == typeof(TimeOnly) => "must be a time without a timezone",
            MontyFloat number when IsFloatingPoint(type) && !double.IsFinite(number.Value) => $"must be a finite number, not {number}",
            _ => null,
        };

    private PythonException CreateError(string type, string problem) => new(type, $"{function}() argument '{argument}'{Place} {problem}");

    private PythonException CreateTypeError(Type type, NullabilityInfo? annotation, MontyValue value) =>
        CreateError("TypeError", $"must be {types.GetArgumentType(type, annotation)}, not {value.TypeName}");

    private PythonException CreateRangeError(Type type) =>
        CreateError("OverflowError", GetRange(type) is { } range ? $"must be in the range {range}" : "is too large for the host");

    private static string DescribeUnknownName(string[] names, string unknown)
    {
        var nearest = NearestName.Find(names, unknown);
        return $"must be {NameList.Join([.. names.Select(PythonText.Quote)], "or")}, not {ValuePath.Quote(unknown)}"
            + (nearest is null ? "" : $"; did you mean {PythonText.Quote(nearest)}?");
    }

    private static bool IsInteger(Type type) =>
        (!type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64)
        || type == typeof(Int128)
        || type == typeof(UInt128)
        || type == typeof(BigInteger);

    private static bool IsFloatingPoint(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(Half) || type == typeof(decimal);

    private static string? GetRange(Type type) =>
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
