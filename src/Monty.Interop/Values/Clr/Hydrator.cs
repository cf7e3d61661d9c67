using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Monty.Interop.Values.Clr;

/// <summary>Converts one Python value to a CLR value, for <see cref="ValueHydration"/>. Derived classes adapt conversions and error messages.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal class Hydrator
{
    private readonly ValuePath path = new((message, cause) => new InvalidCastException(message, cause));

    /// <summary>Converts a value to an instance of a type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The target type.</param>
    /// <param name="annotation">The nullability of the target. When it is null, <c>None</c> is refused for reference types.</param>
    public object? Hydrate(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        if (FindObject(value, type) is { } found)
        {
            return found;
        }

        if (typeof(MontyValue).IsAssignableFrom(type))
        {
            throw CreateMismatchException(type, annotation, value);
        }

        var underlying = Nullable.GetUnderlyingType(type);
        if (value is MontyNone && type != typeof(JsonElement))
        {
            var acceptsNull = type.IsValueType ? underlying is not null : annotation is { WriteState: not NullabilityState.NotNull };
            return acceptsNull ? null : throw CreateMismatchException(type, annotation, value);
        }

        var target = underlying ?? type;
        path.RequireDepth();
        if (HydratedScalar.CanRead(target))
        {
            return ReadScalar(Coerce(value, target), target, type, annotation);
        }

        if (target.IsArray)
        {
            return value is MontyList or MontyTuple
                ? ReadArray(FindItems(value)!.Value, target.GetElementType()!, annotation?.ElementType)
                : throw CreateMismatchException(target, annotation, value);
        }

        if (typeof(ITuple).IsAssignableFrom(target) && target.IsGenericType)
        {
            return ReadTuple(value, target, annotation);
        }

        return (target.IsGenericType ? ReadCollection(value, target, annotation) : null) ?? ReadRecord(value, target, annotation);
    }

    /// <summary>Returns the CLR object that the value represents, or null when the value must be converted.</summary>
    protected virtual object? FindObject(MontyValue value, Type type) => null;

    /// <summary>Adjusts a value before it is converted to a scalar type, for example a bool to an int. By default, the value is not changed.</summary>
    protected virtual MontyValue Coerce(MontyValue value, Type type) => value;

    /// <summary>Creates the exception for a value of the wrong kind, or for one that the type cannot hold.</summary>
    protected virtual Exception CreateMismatchException(
        Type type,
        NullabilityInfo? annotation,
        MontyValue value,
        Exception? cause = null
    ) =>
        path.CreateException(
            cause is null
                ? $"Expected a value for {ClrTypeName.Format(type)}, but found {ValueSummary.Summarize(value)}"
                : $"{ClrTypeName.Format(Nullable.GetUnderlyingType(type) ?? type)} cannot hold {ValueSummary.Summarize(value)}{GetHint(type, value)}",
            cause
        );

    /// <summary>Creates the exception for a type that cannot be created from any value.</summary>
    protected virtual Exception CreateUnsupportedException(Type type, NullabilityInfo? annotation, MontyValue value) =>
        path.CreateException(
            $"{ClrTypeName.Format(type)} cannot be created from {ValueSummary.Summarize(value)}: the type is not a supported collection or scalar, and does not have exactly one public constructor with parameters"
        );

    /// <summary>Creates the exception for a value that lacks a field of a record.</summary>
    protected virtual Exception CreateMissingException(Type type, ParameterInfo parameter) =>
        path.CreateException(
            $"{ClrTypeName.Format(type)} cannot be created: the value has no field for the parameter {parameter.Name} of type {ClrTypeName.Format(parameter.ParameterType)}; give the parameter a default value if the field is optional"
        );

    /// <summary>Creates the exception for a dict or an instance whose content does not fit the type.</summary>
    /// <param name="type">The target type.</param>
    /// <param name="annotation">The nullability of the target.</param>
    /// <param name="problem">The problem, as the predicate of a sentence, such as <c>has an unknown field 'x'</c>.</param>
    protected virtual Exception CreateContentException(Type type, NullabilityInfo? annotation, string problem) =>
        path.CreateException($"{ClrTypeName.Format(type)} cannot be created: the value {problem}");

    /// <summary>Returns the name of the field for a parameter, as error messages show it.</summary>
    protected virtual string NameOf(ParameterInfo parameter) => parameter.Name!;

    /// <summary>The position of the value in the outermost value, as a Python subscript or attribute such as <c>[1]</c> or <c>.name</c>.</summary>
    protected string Place => path.ToString()[1..];

    private object ReadScalar(MontyValue value, Type type, Type declared, NullabilityInfo? annotation)
    {
        try
        {
            return HydratedScalar.Read(value, type);
        }
        catch (Exception error) when (error is InvalidCastException or OverflowException or FormatException or JsonException)
        {
            throw CreateMismatchException(declared, annotation, value, error);
        }
    }

    private Array ReadArray(EquatableArray<MontyValue> items, Type element, NullabilityInfo? annotation)
    {
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            path.Enter(i);
            array.SetValue(Hydrate(items[i], element, annotation), i);
            path.Leave();
        }

        return array;
    }

    /// <summary>Returns null when the type is not a collection that can be created from this value.</summary>
    private object? ReadCollection(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        var arguments = type.GetGenericArguments();
        if (value is MontyDict dict && arguments.Length == 2 && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(arguments)))
        {
            return ReadDictionary(dict, arguments, annotation);
        }

        if (arguments.Length != 1 || FindItems(value) is not { } items)
        {
            return null;
        }

        var collection = (value is MontySet or MontyFrozenSet ? typeof(HashSet<>) : typeof(List<>)).MakeGenericType(arguments);
        return type.IsAssignableFrom(collection)
            ? Activator.CreateInstance(collection, ReadArray(items, arguments[0], annotation?.GenericTypeArguments.FirstOrDefault()))
            : null;
    }

    private IDictionary ReadDictionary(MontyDict dict, Type[] arguments, NullabilityInfo? annotation)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
        for (var i = 0; i < dict.Pairs.Count; i++)
        {
            var (key, value) = dict.Pairs[i];
            if (key is MontyStr name)
            {
                path.Enter(name.Value);
            }
            else
            {
                path.Enter(i);
            }

            var hydratedKey = Hydrate(key, arguments[0], annotation: null) ?? throw CreateMismatchException(arguments[0], null, key);
            var hydratedValue = Hydrate(value, arguments[1], annotation?.GenericTypeArguments.ElementAtOrDefault(1));
            path.Leave();
            if (dictionary.Contains(hydratedKey))
            {
                var problem = $"has two keys that are equal for the host; the second is {ValueSummary.Summarize(key)}";
                throw CreateContentException(dictionary.GetType(), annotation, problem);
            }

            dictionary.Add(hydratedKey, hydratedValue);
        }

        return dictionary;
    }

    private object ReadTuple(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        var types = type.GetGenericArguments();
        if (value is not MontyTuple tuple || tuple.Items.Count != types.Length || types.Length > 7)
        {
            throw CreateMismatchException(type, annotation, value);
        }

        var items = new object?[types.Length];
        for (var i = 0; i < items.Length; i++)
        {
            path.Enter(i);
            items[i] = Hydrate(tuple.Items[i], types[i], annotation?.GenericTypeArguments.ElementAtOrDefault(i));
            path.Leave();
        }

        return Activator.CreateInstance(type, items)!;
    }

    private object ReadRecord(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        var shape = RecordShape.From(type) ?? throw CreateUnsupportedException(type, annotation, value);
        var fields = RecordFields.From(value) ?? throw CreateMismatchException(type, annotation, value);
        var found = shape.Parameters.Select(p => fields.Find(p.Parameter.Name!)).ToArray();
        if (fields.FindUnused(found) is { } unused)
        {
            throw CreateContentException(type, annotation, DescribeUnused(unused, fields, shape));
        }

        var arguments = new object?[shape.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var (parameter, declared) = shape.Parameters[i];
            if (found[i] is not { } field)
            {
                if (!parameter.HasDefaultValue)
                {
                    throw CreateMissingException(type, parameter);
                }

                arguments[i] = parameter.DefaultValue;
                continue;
            }

            path.Enter(field.Name);
            arguments[i] = Hydrate(field.Value, parameter.ParameterType, declared);
            path.Leave();
        }

        return shape.Constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }

    private string DescribeUnused(RecordField unused, RecordFields fields, RecordShape shape)
    {
        var names = shape.Parameters.Select(p => NameOf(p.Parameter)).ToList();
        if (names.Find(name => LooseName.AreAlike(name, unused.Name)) is { } twice && fields.FindAlike(unused) is { } other)
        {
            return $"has {ValuePath.Quote(unused.Name)} and {ValuePath.Quote(other.Name)} for the one field '{twice}'";
        }

        return $"has an unknown field {ValuePath.Quote(unused.Name)}; "
            + (
                NearestName.Find(names, unused.Name) is { } nearest
                    ? $"did you mean '{nearest}'?"
                    : $"the fields are {NameList.Join([.. names.Select(n => $"'{n}'")], "and")}"
            );
    }

    /// <summary>Returns the names of an enum type and the one nearest to the value, for an error message; an empty string for other types.</summary>
    private static string GetHint(Type type, MontyValue value)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (!target.IsEnum || value is not MontyStr name)
        {
            return "";
        }

        var names = Enum.GetNames(target);
        return $": it has {string.Join(", ", names)}{(NearestName.Find(names, name.Value) is { } nearest ? $"; did you mean {nearest}?" : "")}";
    }

    private static EquatableArray<MontyValue>? FindItems(MontyValue value) =>
        value switch
        {
            MontyList list => list.Items,
            MontyTuple tuple => tuple.Items,
            MontySet set => set.Items,
            MontyFrozenSet set => set.Items,
            _ => null,
        };
}
