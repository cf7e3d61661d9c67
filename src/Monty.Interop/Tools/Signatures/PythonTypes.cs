using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Maps CLR types to Python types for one signature or class, and collects the classes that the types name.</summary>
/// <remarks>
/// The types of arguments are narrower than those of results, because an argument must be read back by <see cref="Hydrator"/>. A list
/// argument whose items have subtypes is declared as <c>Sequence</c>, because a checker does not accept a <c>list[int]</c> for a
/// <c>list[float]</c>.
/// </remarks>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class PythonTypes
{
    /// <summary>The deepest nesting of records. Without a limit, a generic record that contains a larger version of itself would never end.</summary>
    private const int MaxRecordDepth = 32;

    private const int MaxTupleItems = 7;

    private static readonly Type[] FrozenSets = [typeof(FrozenSet<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>)];

    private readonly Dictionary<Type, MontyHostClass> classes = [];
    private int recordDepth;

    /// <param name="known">The classes of host objects that the signature may name, or null for none.</param>
    /// <exception cref="ArgumentException">Two classes are for the same C# type.</exception>
    public PythonTypes(IEnumerable<MontyHostClass>? known)
    {
        foreach (var hostClass in known ?? [])
        {
            Add(hostClass);
        }
    }

    /// <summary>The given classes, and the records that were named so far.</summary>
    public IReadOnlyCollection<MontyHostClass> Classes => classes.Values;

    /// <summary>Returns the Python type of the values that a script may pass for a C# parameter.</summary>
    /// <exception cref="NoPythonTypeException">The type has no Python counterpart.</exception>
    public string GetArgumentType(Type type, NullabilityInfo? annotation) => GetPythonType(type, annotation, isArgument: true);

    /// <summary>Returns the Python type of the values that a script receives for a C# result.</summary>
    /// <exception cref="NoPythonTypeException">The type has no Python counterpart.</exception>
    public string GetResultType(Type type, NullabilityInfo? annotation) => GetPythonType(type, annotation, isArgument: false);

    public void Add(MontyHostClass hostClass)
    {
        ArgumentNullException.ThrowIfNull(hostClass);
        if (!classes.TryAdd(hostClass.ClrType, hostClass))
        {
            throw new ArgumentException(
                $"Two of the given classes are for the C# type {ClrTypeName.Format(hostClass.ClrType)}, so a signature cannot tell which one is meant. Pass only one of them."
            );
        }
    }

    /// <summary>Returns the class that is defined for exactly this C# type, or null.</summary>
    public MontyHostClass? FindClass(Type type) => classes.GetValueOrDefault(type);

    /// <summary>Returns the class of an object: that of its own type, else of the nearest base type, else of an interface; null when there is none.</summary>
    public MontyHostClass? FindClassOf(object value)
    {
        if (classes.Count == 0)
        {
            return null;
        }

        for (var type = value.GetType(); type is not null; type = type.BaseType)
        {
            if (classes.TryGetValue(type, out var found))
            {
                return found;
            }
        }

        return classes.Values.FirstOrDefault(c => c.ClrType.IsInterface && c.ClrType.IsInstanceOfType(value));
    }

    private string GetPythonType(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return MakeOptional(GetNonNullType(underlying, annotation, isArgument));
        }

        var text = GetNonNullType(type, annotation, isArgument);
        var state = isArgument ? annotation?.WriteState : annotation?.ReadState;
        return !type.IsValueType && state == NullabilityState.Nullable ? MakeOptional(text) : text;
    }

    private static string MakeOptional(string type) => type is "Any" or "None" ? type : type + " | None";

    private string GetNonNullType(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        if (ScalarTypeNames.TryGet(type, out var scalar))
        {
            return scalar;
        }

        if (typeof(MontyValue).IsAssignableFrom(type))
        {
            return "Any";
        }

        if (type.IsEnum)
        {
            return GetLiteralType(type);
        }

        if (FindClass(type) is { } known)
        {
            return known.Name;
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            return GetListType(type.GetElementType()!, annotation?.ElementType, isArgument);
        }

        if (UnsupportedType.FindReason(type) is { } reason)
        {
            throw new NoPythonTypeException(type, reason);
        }

        if (typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType)
        {
            return GetTupleType(type, annotation, isArgument);
        }

        return FindCollectionType(type, annotation, isArgument) ?? DefineRecord(type).Name;
    }

    private static string GetLiteralType(Type type)
    {
        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            throw new NoPythonTypeException(type, "a Literal cannot express a combination of flags; use a list of an enum without [Flags]");
        }

        var names = Enum.GetNames(type);
        return names.Length > 0
            ? $"Literal[{string.Join(", ", names.Select(PythonText.Quote))}]"
            : throw new NoPythonTypeException(type, "the enum has no members; use an enum with at least one");
    }

    private string GetTupleType(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        var items = type.GetGenericArguments();
        if (items.Length > MaxTupleItems)
        {
            throw new NoPythonTypeException(type, $"a tuple of more than {MaxTupleItems} items cannot be read back; use a record");
        }

        return $"tuple[{string.Join(", ", items.Select((item, i) => GetPythonType(item, GetTypeArgument(annotation, i), isArgument)))}]";
    }

    /// <summary>Returns the Python type of a collection, or null when the CLR type is not one that is supported.</summary>
    private string? FindCollectionType(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        if (isArgument && !type.IsGenericType)
        {
            return null;
        }

        Type[] own = type.IsGenericType ? type.GetGenericArguments() : [];
        if (own.Length == 2 && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(own)))
        {
            return GetDictType(own, annotation, isArgument);
        }

        if (own.Length == 1 && type.IsAssignableFrom(typeof(List<>).MakeGenericType(own)))
        {
            return GetListType(own[0], GetTypeArgument(annotation, 0), isArgument);
        }

        if (own.Length == 1 && type.IsAssignableFrom(typeof(HashSet<>).MakeGenericType(own)))
        {
            return $"set[{GetPythonType(own[0], GetTypeArgument(annotation, 0), isArgument)}]";
        }

        return isArgument ? null : FindResultCollectionType(type, own, annotation);
    }

    private string? FindResultCollectionType(Type type, Type[] own, NullabilityInfo? annotation)
    {
        if ((FindImplementation(type, typeof(IDictionary<,>)) ?? FindImplementation(type, typeof(IReadOnlyDictionary<,>))) is { } pair)
        {
            return GetDictType(pair, own.Length == 2 ? annotation : null, isArgument: false);
        }

        if (FindImplementation(type, typeof(IEnumerable<>)) is not [var item])
        {
            return null;
        }

        var items = GetPythonType(item, own.Length == 1 ? GetTypeArgument(annotation, 0) : null, isArgument: false);
        if (type.IsGenericType && FrozenSets.Contains(type.GetGenericTypeDefinition()))
        {
            return $"frozenset[{items}]";
        }

        return $"{(FindImplementation(type, typeof(IReadOnlySet<>)) is null ? "list" : "set")}[{items}]";
    }

    private string GetListType(Type item, NullabilityInfo? annotation, bool isArgument)
    {
        var items = GetPythonType(item, annotation, isArgument);
        return $"{(isArgument && HasSubtypes(items) ? "Sequence" : "list")}[{items}]";
    }

    private string GetDictType(Type[] pair, NullabilityInfo? annotation, bool isArgument)
    {
        var key = GetPythonType(pair[0], GetTypeArgument(annotation, 0), isArgument);
        var value = GetPythonType(pair[1], GetTypeArgument(annotation, 1), isArgument);
        return $"{(isArgument && HasSubtypes(value) ? "Mapping" : "dict")}[{key}, {value}]";
    }

    private static bool HasSubtypes(string type) => type is "float" || type.AsSpan().ContainsAny('[', '|');

    private RecordClass DefineRecord(Type type)
    {
        if (recordDepth >= MaxRecordDepth)
        {
            throw new NoPythonTypeException(
                type,
                $"its records nest more than {MaxRecordDepth} levels deep; declare the innermost type as MontyValue"
            );
        }

        var shape =
            RecordShape.From(type)
            ?? throw new NoPythonTypeException(
                type,
                "it is not a record, as it does not have exactly one public constructor with parameters; use a record, MontyValue, or lend it as a host object and name its MontyHostClass in the registration"
            );
        var record = new RecordClass(type, this);
        classes.Add(type, record); // This comes first, because a record may contain records of its own type.
        recordDepth++;
        record.Describe(shape);
        recordDepth--;
        return record;
    }

    private static NullabilityInfo? GetTypeArgument(NullabilityInfo? annotation, int index) =>
        annotation?.GenericTypeArguments.ElementAtOrDefault(index);

    /// <summary>Returns the type arguments with which a type implements a generic interface, or null when it does not.</summary>
    private static Type[]? FindImplementation(Type type, Type definition) =>
        type.GetInterfaces()
            .Prepend(type)
            .FirstOrDefault(t => t.IsGenericType && t.GetGenericTypeDefinition() == definition)
            ?.GetGenericArguments();
}
