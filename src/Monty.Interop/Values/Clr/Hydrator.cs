using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Monty.Interop;

/// <summary>Makes one CLR value out of a Python one, for <see cref="ValueHydration"/>.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class Hydrator
{
    private readonly ValuePath path = new((message, cause) => new InvalidCastException(message, cause));

    /// <summary>The value as an instance of a type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The target.</param>
    /// <param name="annotation">What the declaration says of null; null where there is none, which takes no None.</param>
    public object? Hydrate(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        if (type.IsInstanceOfType(value)) return value;
        var underlying = Nullable.GetUnderlyingType(type);
        if (value is MontyNone)
        {
            var takesNull = type.IsValueType ? underlying is not null : annotation is { WriteState: not NullabilityState.NotNull };
            return takesNull ? null : throw Expected(type, value);
        }

        var target = underlying ?? type;
        path.RequireRoom();
        if (HydratedScalar.Reads(target)) return ReadScalar(value, target);
        if (target.IsArray) return value is MontyList or MontyTuple ? ReadArray(ItemsOf(value)!.Value, target.GetElementType()!, annotation?.ElementType) : throw Expected(target, value);
        if (typeof(ITuple).IsAssignableFrom(target) && target.IsGenericType) return ReadTuple(value, target, annotation);
        return (target.IsGenericType ? ReadCollection(value, target, annotation) : null) ?? ReadRecord(value, target);
    }

    private object ReadScalar(MontyValue value, Type type)
    {
        try
        {
            return HydratedScalar.Read(value, type);
        }
        catch (Exception error) when (error is InvalidCastException or OverflowException or FormatException)
        {
            throw path.Refuse($"{ClrTypeName.Of(type)} cannot hold {ValueSummary.Of(value)}", error);
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

    /// <summary>Null when the type is no collection that this value fills.</summary>
    private object? ReadCollection(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        var arguments = type.GetGenericArguments();
        if (value is MontyDict dict && arguments.Length == 2 && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(arguments)))
            return ReadDictionary(dict, arguments, annotation);

        if (arguments.Length != 1 || ItemsOf(value) is not { } items) return null;
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
            if (key is MontyStr name) path.Enter(name.Value);
            else path.Enter(i);
            var hydratedKey = Hydrate(key, arguments[0], annotation: null) ?? throw Expected(arguments[0], key);
            dictionary[hydratedKey] = Hydrate(value, arguments[1], annotation?.GenericTypeArguments.ElementAtOrDefault(1));
            path.Leave();
        }

        return dictionary;
    }

    private object ReadTuple(MontyValue value, Type type, NullabilityInfo? annotation)
    {
        var types = type.GetGenericArguments();
        if (value is not MontyTuple tuple || tuple.Items.Count != types.Length || types.Length > 7) throw Expected(type, value);
        var items = new object?[types.Length];
        for (var i = 0; i < items.Length; i++)
        {
            path.Enter(i);
            items[i] = Hydrate(tuple.Items[i], types[i], annotation?.GenericTypeArguments.ElementAtOrDefault(i));
            path.Leave();
        }

        return Activator.CreateInstance(type, items)!;
    }

    private object ReadRecord(MontyValue value, Type type)
    {
        var shape = RecordShape.Of(type) ?? throw path.Refuse(
            $"{ClrTypeName.Of(type)} cannot be filled from {ValueSummary.Of(value)}: it is no collection or scalar that is known here, and has no single public constructor with parameters");
        var fields = RecordFields.Of(value) ?? throw Expected(type, value);
        var arguments = new object?[shape.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var (parameter, annotation) = shape.Parameters[i];
            if (fields.Find(parameter.Name!) is not var (name, field))
            {
                if (!parameter.HasDefaultValue)
                    throw path.Refuse($"There is no field for the parameter {parameter.Name} of type {ClrTypeName.Of(parameter.ParameterType)}; give it a default value if it may be absent");
                arguments[i] = parameter.DefaultValue;
                continue;
            }

            path.Enter(name);
            arguments[i] = Hydrate(field, parameter.ParameterType, annotation);
            path.Leave();
        }

        return shape.Constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }

    private static EquatableArray<MontyValue>? ItemsOf(MontyValue value) => value switch
    {
        MontyList list => list.Items,
        MontyTuple tuple => tuple.Items,
        MontySet set => set.Items,
        MontyFrozenSet set => set.Items,
        _ => null,
    };

    private Exception Expected(Type type, MontyValue value) => path.Refuse($"Expected a value for {ClrTypeName.Of(type)}, but found {ValueSummary.Of(value)}");
}
