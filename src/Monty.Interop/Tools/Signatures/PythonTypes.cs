using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The Python types of CLR types, as one signature or class names them, and the classes met on the way.</summary>
/// <remarks>
/// What a script may pass is narrower than what a tool may return: it must be read back (<see cref="Hydrator"/>). A list of something that
/// other types are assignable to is a <c>Sequence</c> there, as a checker takes no <c>list[int]</c> for a <c>list[float]</c>.
/// </remarks>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal sealed class PythonTypes
{
    private static readonly Dictionary<Type, string> Plain = new()
    {
        [typeof(bool)] = "bool",
        [typeof(string)] = "str",
        [typeof(char)] = "str",
        [typeof(Guid)] = "str",
        [typeof(Uri)] = "str",
        [typeof(sbyte)] = "int",
        [typeof(byte)] = "int",
        [typeof(short)] = "int",
        [typeof(ushort)] = "int",
        [typeof(int)] = "int",
        [typeof(uint)] = "int",
        [typeof(long)] = "int",
        [typeof(ulong)] = "int",
        [typeof(Int128)] = "int",
        [typeof(UInt128)] = "int",
        [typeof(BigInteger)] = "int",
        [typeof(Half)] = "float",
        [typeof(float)] = "float",
        [typeof(double)] = "float",
        [typeof(decimal)] = "float",
        [typeof(byte[])] = "bytes",
        [typeof(ReadOnlyMemory<byte>)] = "bytes",
        [typeof(DateTime)] = "datetime.datetime",
        [typeof(DateTimeOffset)] = "datetime.datetime",
        [typeof(DateOnly)] = "datetime.date",
        [typeof(TimeOnly)] = "datetime.time",
        [typeof(TimeSpan)] = "datetime.timedelta",
        [typeof(JsonElement)] = "Any",
        [typeof(JsonNode)] = "Any",
        [typeof(JsonObject)] = "dict[str, Any]",
        [typeof(JsonArray)] = "list[Any]",
        [typeof(MontyNone)] = "None",
        [typeof(MontyBool)] = "bool",
        [typeof(MontyInt)] = "int",
        [typeof(MontyFloat)] = "float",
        [typeof(MontyStr)] = "str",
        [typeof(MontyBytes)] = "bytes",
        [typeof(MontyList)] = "list[Any]",
        [typeof(MontyTuple)] = "tuple[Any, ...]",
        [typeof(MontyDict)] = "dict[Any, Any]",
        [typeof(MontySet)] = "set[Any]",
        [typeof(MontyFrozenSet)] = "frozenset[Any]",
    };

    /// <summary>How deep records may nest; a generic record can hold ever larger ones of its kind.</summary>
    private const int DeepestRecord = 32;

    private static readonly Type[] FrozenSets = [typeof(FrozenSet<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>)];

    private readonly Dictionary<Type, MontyHostClass> classes = [];
    private int depth;

    /// <exception cref="ArgumentException">Two classes are of one C# type.</exception>
    public PythonTypes(IEnumerable<MontyHostClass>? known)
    {
        foreach (var hostClass in known ?? [])
        {
            Add(hostClass);
        }
    }

    /// <summary>The classes that were named so far.</summary>
    public IReadOnlyCollection<MontyHostClass> Classes => classes.Values;

    /// <summary>What a script may pass for the type.</summary>
    /// <exception cref="NoPythonTypeException">Nothing.</exception>
    public string GetArgumentType(Type type, NullabilityInfo? annotation) => GetPythonType(type, annotation, isArgument: true);

    /// <summary>What a script gets for the type.</summary>
    /// <exception cref="NoPythonTypeException">Nothing.</exception>
    public string GetResultType(Type type, NullabilityInfo? annotation) => GetPythonType(type, annotation, isArgument: false);

    public void Add(MontyHostClass hostClass)
    {
        ArgumentNullException.ThrowIfNull(hostClass);
        if (!classes.TryAdd(hostClass.ClrType, hostClass))
        {
            throw new ArgumentException(
                $"Two classes of lent objects are of the C# type {ClrTypeName.Format(hostClass.ClrType)}, so that a signature cannot say which is meant. Name one of them."
            );
        }
    }

    public MontyHostClass? ClassOf(Type type) => classes.GetValueOrDefault(type);

    /// <summary>The class of an object: that of its own type, of the nearest base type, or of an interface.</summary>
    public MontyHostClass? ClassOf(object value)
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
            return OrNone(NotNull(underlying, annotation, isArgument));
        }

        var text = NotNull(type, annotation, isArgument);
        var state = isArgument ? annotation?.WriteState : annotation?.ReadState;
        return !type.IsValueType && state == NullabilityState.Nullable ? OrNone(text) : text;
    }

    private static string OrNone(string type) => type is "Any" or "None" ? type : type + " | None";

    private string NotNull(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        if (Plain.TryGetValue(type, out var plain))
        {
            return plain;
        }

        if (typeof(MontyValue).IsAssignableFrom(type))
        {
            return "Any";
        }

        if (type.IsEnum)
        {
            return Literal(type);
        }

        if (ClassOf(type) is { } known)
        {
            return known.Name;
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            return List(type.GetElementType()!, annotation?.ElementType, isArgument);
        }

        if (UnsupportedType.WhyNot(type) is { } reason)
        {
            throw new NoPythonTypeException(type, reason);
        }

        if (typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType)
        {
            return Tuple(type, annotation, isArgument);
        }

        return Collection(type, annotation, isArgument) ?? Record(type).Name;
    }

    private static string Literal(Type type)
    {
        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            throw new NoPythonTypeException(type, "a Literal cannot combine names; take a list of an enum without [Flags]");
        }

        var names = Enum.GetNames(type);
        return names.Length > 0
            ? $"Literal[{string.Join(", ", names.Select(PythonText.Quote))}]"
            : throw new NoPythonTypeException(type, "it has no members");
    }

    private string Tuple(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        var items = type.GetGenericArguments();
        if (items.Length > 7)
        {
            throw new NoPythonTypeException(type, "a tuple of more than 7 items is not read back; use a record");
        }

        return $"tuple[{string.Join(", ", items.Select((item, i) => GetPythonType(item, ArgumentOf(annotation, i), isArgument)))}]";
    }

    /// <summary>Null when the type is no collection.</summary>
    private string? Collection(Type type, NullabilityInfo? annotation, bool isArgument)
    {
        if (isArgument && !type.IsGenericType)
        {
            return null;
        }

        Type[] own = type.IsGenericType ? type.GetGenericArguments() : [];
        if (own.Length == 2 && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(own)))
        {
            return Dict(own, annotation, isArgument);
        }

        if (own.Length == 1 && type.IsAssignableFrom(typeof(List<>).MakeGenericType(own)))
        {
            return List(own[0], ArgumentOf(annotation, 0), isArgument);
        }

        if (own.Length == 1 && type.IsAssignableFrom(typeof(HashSet<>).MakeGenericType(own)))
        {
            return $"set[{GetPythonType(own[0], ArgumentOf(annotation, 0), isArgument)}]";
        }

        if (isArgument)
        {
            return null;
        }

        if ((Implemented(type, typeof(IDictionary<,>)) ?? Implemented(type, typeof(IReadOnlyDictionary<,>))) is { } pair)
        {
            return Dict(pair, own.Length == 2 ? annotation : null, isArgument);
        }

        if (Implemented(type, typeof(IEnumerable<>)) is not [var item])
        {
            return null;
        }

        var items = GetPythonType(item, own.Length == 1 ? ArgumentOf(annotation, 0) : null, isArgument);
        if (type.IsGenericType && FrozenSets.Contains(type.GetGenericTypeDefinition()))
        {
            return $"frozenset[{items}]";
        }

        return $"{(Implemented(type, typeof(IReadOnlySet<>)) is null ? "list" : "set")}[{items}]";
    }

    private string List(Type item, NullabilityInfo? annotation, bool isArgument)
    {
        var items = GetPythonType(item, annotation, isArgument);
        return $"{(isArgument && HasSubtypes(items) ? "Sequence" : "list")}[{items}]";
    }

    private string Dict(Type[] pair, NullabilityInfo? annotation, bool isArgument)
    {
        var (key, value) = (
            GetPythonType(pair[0], ArgumentOf(annotation, 0), isArgument),
            GetPythonType(pair[1], ArgumentOf(annotation, 1), isArgument)
        );
        return $"{(isArgument && HasSubtypes(value) ? "Mapping" : "dict")}[{key}, {value}]";
    }

    private static bool HasSubtypes(string type) => type is "float" || type.AsSpan().ContainsAny('[', '|');

    private RecordClass Record(Type type)
    {
        if (depth >= DeepestRecord)
        {
            throw new NoPythonTypeException(type, "records in it lead to ever more types; name the type at the end as MontyValue");
        }

        var shape =
            RecordShape.From(type)
            ?? throw new NoPythonTypeException(
                type,
                "it is no record: it has no single public constructor with parameters. Use a record, lend it as an object of a MontyHostClass that the registration names, or use MontyValue"
            );
        var record = new RecordClass(type, this);
        classes.Add(type, record); // first: a record may hold others of its kind
        depth++;
        record.Describe(shape);
        depth--;
        return record;
    }

    private static NullabilityInfo? ArgumentOf(NullabilityInfo? annotation, int index) =>
        annotation?.GenericTypeArguments.ElementAtOrDefault(index);

    private static Type[]? Implemented(Type type, Type definition) =>
        type.GetInterfaces()
            .Prepend(type)
            .FirstOrDefault(t => t.IsGenericType && t.GetGenericTypeDefinition() == definition)
            ?.GetGenericArguments();
}
