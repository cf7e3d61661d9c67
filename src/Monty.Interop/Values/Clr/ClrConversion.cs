using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Monty.Interop.Values.Json;

namespace Monty.Interop.Values.Clr;

/// <summary>Converts a CLR value to a Python value, for <see cref="MontyValue.From"/> and for the results of tools.</summary>
/// <param name="convertDeclared">Converts values of the types that a tool's signature declares, and returns null for all other values.</param>
/// <param name="createException">Creates the exception for a value that cannot be converted. By default, it is an <see cref="ArgumentException"/>.</param>
internal sealed class ClrConversion(
    Func<object, ClrConversion, MontyValue?>? convertDeclared = null,
    Func<string, Exception>? createException = null
)
{
    private static readonly Type[] Sets = [typeof(HashSet<>), typeof(SortedSet<>)];
    private static readonly Type[] FrozenSets = [typeof(FrozenSet<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>)];

    /// <summary>The maximum number of items in one collection: each takes at least four bytes of a frame.</summary>
    private const int MaxItems = SizeLimits.FrameBytes / 4;

    private readonly ValuePath path = new(
        (message, cause) => createException?.Invoke(message) ?? new ArgumentException(message, "value", cause)
    );
    private readonly HashSet<object> enclosing = new(ReferenceEqualityComparer.Instance);

    public MontyValue Convert(object? value) =>
        value switch
        {
            null => MontyNone.Instance,
            MontyValue already => already,
            _ when convertDeclared?.Invoke(value, this) is { } known => known,
            bool boolean => boolean,
            string text => text,
            char letter => letter.ToString(),
            Guid id => id.ToString(),
            Uri address => address.OriginalString,
            sbyte or byte or short or ushort or int or uint or long => System.Convert.ToInt64(value, null),
            ulong number => new BigInteger(number),
            nint number => (long)number,
            nuint number => new BigInteger(number),
            Int128 number => (BigInteger)number,
            UInt128 number => (BigInteger)number,
            BigInteger number => number,
            double number => number,
            float number => (double)number,
            Half number => (double)number,
            decimal => throw path.CreateException(
                "The runtime has no decimal type; pass (double)value, which may round, or the value as text"
            ),
            DateTime moment => ClrTimes.Convert(moment),
            DateTimeOffset moment => ClrTimes.Convert(moment),
            DateOnly date => ClrTimes.Convert(date),
            TimeOnly time => ClrTimes.Convert(time),
            TimeSpan span => ClrTimes.Convert(span),
            Enum member => ConvertEnum(member),
            ReadOnlyMemory<byte> bytes => CopyBytes(bytes.Span),
            Memory<byte> bytes => CopyBytes(bytes.Span),
            ArraySegment<byte> bytes => CopyBytes(bytes),
            byte[] bytes when bytes.GetType() == typeof(byte[]) => CopyBytes(bytes), // the pattern alone also matches sbyte[]
            JsonElement json => JsonValueReader.ForData(path).Read(json),
            JsonDocument json => JsonValueReader.ForData(path).Read(json.RootElement),
            JsonNode json => ReadNode(json),
            _ => ConvertContainer(value),
        };

    /// <summary>Converts a named member of the value that is being converted.</summary>
    public MontyValue ConvertMember(string name, object? value)
    {
        path.Enter(name);
        var converted = Convert(value);
        path.Leave();
        return converted;
    }

    private MontyStr ConvertEnum(Enum value)
    {
        if (!Enum.IsDefined(value.GetType(), value))
        {
            throw path.CreateException($"{ClrTypeName.Format(value.GetType())} has no name for the value {value}; pass the number");
        }

        return new MontyStr(value.ToString());
    }

    private MontyValue ConvertContainer(object value)
    {
        if (!enclosing.Add(value))
        {
            throw path.CreateException("The value contains itself, and a cycle cannot be sent to a script; pass a copy without the cycle");
        }

        path.RequireDepth();
        MontyValue converted = value switch
        {
            IDictionary dictionary => new MontyDict(ConvertPairs(dictionary)),
            IEnumerable<KeyValuePair<string, object?>> pairs => new MontyDict(ConvertPairs(pairs)),
            ITuple tuple => new MontyTuple(ConvertItems(tuple)),
            IEnumerable items when IsAny(items.GetType(), Sets) => new MontySet(ConvertItems(items)),
            IEnumerable items when IsAny(items.GetType(), FrozenSets) => new MontyFrozenSet(ConvertItems(items)),
            IEnumerable items => new MontyList(ConvertItems(items)),
            _ => throw path.CreateException(
                $"{ClrTypeName.Format(value.GetType())} has no Python counterpart; pass a MontyValue, a dictionary of its members, or its JSON as a JsonElement"
            ),
        };
        enclosing.Remove(value);
        return converted;
    }

    private MontyBytes CopyBytes(ReadOnlySpan<byte> bytes)
    {
        RequireFit(bytes.Length, SizeLimits.FrameBytes, "bytes");
        return new MontyBytes(bytes.ToArray());
    }

    private EquatableArray<MontyValue> ConvertItems(IEnumerable items)
    {
        var converted = new List<MontyValue>();
        RequireFit((items as ICollection)?.Count ?? 0, MaxItems, "items");
        foreach (var item in items)
        {
            RequireFit(converted.Count + 1, MaxItems, "items");
            converted.Add(ConvertAt(converted.Count, item));
        }

        return converted.ToEquatableArray();
    }

    private EquatableArray<MontyValue> ConvertItems(ITuple tuple)
    {
        var converted = new MontyValue[tuple.Length];
        for (var i = 0; i < converted.Length; i++)
        {
            converted[i] = ConvertAt(i, tuple[i]);
        }

        return new(converted);
    }

    private EquatableArray<KeyValuePair<MontyValue, MontyValue>> ConvertPairs(IDictionary dictionary)
    {
        RequireFit(dictionary.Count, MaxItems, "items");
        var converted = new List<KeyValuePair<MontyValue, MontyValue>>(dictionary.Count);
        foreach (DictionaryEntry entry in dictionary)
        {
            converted.Add(ConvertPair(converted.Count, entry.Key, entry.Value));
        }

        return converted.ToEquatableArray();
    }

    private EquatableArray<KeyValuePair<MontyValue, MontyValue>> ConvertPairs(IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        var converted = new List<KeyValuePair<MontyValue, MontyValue>>();
        foreach (var (key, value) in pairs)
        {
            RequireFit(converted.Count + 1, MaxItems, "items");
            converted.Add(ConvertPair(converted.Count, key, value));
        }

        return converted.ToEquatableArray();
    }

    private KeyValuePair<MontyValue, MontyValue> ConvertPair(int index, object key, object? value)
    {
        var convertedKey = ConvertAt(index, key);
        return new(convertedKey, convertedKey is MontyStr name ? ConvertMember(name.Value, value) : ConvertAt(index, value));
    }

    private MontyValue ConvertAt(int index, object? value)
    {
        path.Enter(index);
        var converted = Convert(value);
        path.Leave();
        return converted;
    }

    private MontyValue ReadNode(JsonNode node)
    {
        path.RequireDepth();
        switch (node)
        {
            case JsonObject members:
                return new MontyDict(ConvertPairs(members.Select(m => KeyValuePair.Create(m.Key, (object?)m.Value))));
            case JsonArray items:
                return new MontyList(ConvertItems(items));
            case JsonValue value when value.TryGetValue<JsonElement>(out var element):
                return JsonValueReader.ForData(path).Read(element);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return text;
            default:
                return ReadSerialized(node);
        }
    }

    /// <summary>Serializes a node that holds a CLR value, and reads the resulting JSON.</summary>
    private MontyValue ReadSerialized(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MontyJson.MaxDepth }))
        {
            node.WriteTo(writer);
        }

        using var document = JsonDocument.Parse(
            buffer.GetBuffer().AsMemory(0, (int)buffer.Length),
            new JsonDocumentOptions { MaxDepth = MontyJson.MaxDepth }
        );
        return JsonValueReader.ForData(path).Read(document.RootElement);
    }

    /// <summary>
    /// Throws for a value that is larger than any worker accepts. It is called before the value is copied and, for a sequence of unknown length, for each item.
    /// </summary>
    private void RequireFit(long size, long limit, string unit)
    {
        if (size > limit)
        {
            throw new MontySizeException(
                $"The CLR value cannot be converted: the value at {path}",
                size,
                limit,
                unit,
                "A worker accepts no more in one message, so send it in parts."
            );
        }
    }

    /// <summary>
    /// Returns true when the type is one of the generic classes or derives from one. It does not look at members, so trimming cannot break it.
    /// </summary>
    private static bool IsAny(Type type, Type[] definitions)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.IsGenericType && definitions.Contains(current.GetGenericTypeDefinition()))
            {
                return true;
            }
        }

        return false;
    }
}
