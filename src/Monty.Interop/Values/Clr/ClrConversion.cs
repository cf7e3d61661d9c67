using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Monty.Interop.Values.Json;

namespace Monty.Interop.Values.Clr;

/// <summary>Turns a CLR value into a Python one, for <see cref="MontyValue.From"/> and for what tools return.</summary>
/// <param name="declared">What a tool's signature says of values that have no Python counterpart of their own; null for a value that it leaves to this class.</param>
/// <param name="refusal">Makes the exception for a value that cannot be converted; null for an <see cref="ArgumentException"/>.</param>
internal sealed class ClrConversion(Func<object, ClrConversion, MontyValue?>? declared = null, Func<string, Exception>? refusal = null)
{
    private static readonly Type[] Sets = [typeof(HashSet<>), typeof(SortedSet<>)];
    private static readonly Type[] FrozenSets = [typeof(FrozenSet<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>)];

    /// <summary>The most items of one collection: each takes four bytes of a frame at least.</summary>
    private const int MaxItems = SizeLimits.FrameBytes / 4;

    private readonly ValuePath path = new((message, cause) => refusal?.Invoke(message) ?? new ArgumentException(message, "value", cause));
    private readonly HashSet<object> enclosing = new(ReferenceEqualityComparer.Instance);

    public MontyValue Convert(object? value) =>
        value switch
        {
            null => MontyNone.Instance,
            MontyValue already => already,
            _ when declared?.Invoke(value, this) is { } known => known,
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
            decimal => throw path.CreateException("Python has no decimal here; pass (double)value, which may round, or its text"),
            DateTime moment => ClrTimes.Convert(moment),
            DateTimeOffset moment => ClrTimes.Convert(moment),
            DateOnly date => ClrTimes.Convert(date),
            TimeOnly time => ClrTimes.Convert(time),
            TimeSpan span => ClrTimes.Convert(span),
            Enum name => Enum.IsDefined(name.GetType(), name)
                ? name.ToString()
                : throw path.CreateException($"{name} has no name in {ClrTypeName.Format(name.GetType())}; pass its number"),
            ReadOnlyMemory<byte> bytes => CopyBytes(bytes.Span),
            Memory<byte> bytes => CopyBytes(bytes.Span),
            ArraySegment<byte> bytes => CopyBytes(bytes),
            byte[] bytes when bytes.GetType() == typeof(byte[]) => CopyBytes(bytes), // the runtime takes sbyte[] for byte[]
            JsonElement json => JsonValueReader.ForData(path).Read(json),
            JsonDocument json => JsonValueReader.ForData(path).Read(json.RootElement),
            JsonNode json => ReadNode(json),
            _ => ConvertContainer(value),
        };

    /// <summary>The value of a named member of the value that is being converted.</summary>
    public MontyValue ConvertMember(string name, object? value)
    {
        path.Enter(name);
        var converted = Convert(value);
        path.Leave();
        return converted;
    }

    private MontyValue ConvertContainer(object value)
    {
        if (!enclosing.Add(value))
        {
            throw path.CreateException("The value contains itself, which Python values that cross the boundary cannot");
        }

        path.RequireDepth();
        MontyValue converted = value switch
        {
            IDictionary dictionary => new MontyDict(Pairs(dictionary)),
            IEnumerable<KeyValuePair<string, object?>> pairs => new MontyDict(Pairs(pairs)),
            ITuple tuple => new MontyTuple(Items(tuple)),
            IEnumerable items when IsAny(items.GetType(), Sets) => new MontySet(Items(items)),
            IEnumerable items when IsAny(items.GetType(), FrozenSets) => new MontyFrozenSet(Items(items)),
            IEnumerable items => new MontyList(Items(items)),
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

    private EquatableArray<MontyValue> Items(IEnumerable items)
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

    private EquatableArray<MontyValue> Items(ITuple tuple)
    {
        var converted = new MontyValue[tuple.Length];
        for (var i = 0; i < converted.Length; i++)
        {
            converted[i] = ConvertAt(i, tuple[i]);
        }

        return new(converted);
    }

    private EquatableArray<KeyValuePair<MontyValue, MontyValue>> Pairs(IDictionary dictionary)
    {
        RequireFit(dictionary.Count, MaxItems, "items");
        var converted = new List<KeyValuePair<MontyValue, MontyValue>>(dictionary.Count);
        foreach (DictionaryEntry entry in dictionary)
        {
            converted.Add(ConvertPair(converted.Count, entry.Key, entry.Value));
        }

        return converted.ToEquatableArray();
    }

    private EquatableArray<KeyValuePair<MontyValue, MontyValue>> Pairs(IEnumerable<KeyValuePair<string, object?>> pairs)
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
                return new MontyDict(Pairs(members.Select(m => KeyValuePair.Create(m.Key, (object?)m.Value))));
            case JsonArray items:
                return new MontyList(Items(items));
            case JsonValue value when value.TryGetValue<JsonElement>(out var element):
                return JsonValueReader.ForData(path).Read(element);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return text;
            default:
                return ReadSerialized(node);
        }
    }

    /// <summary>Reads a node that holds a CLR value as the serializer writes that.</summary>
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

    /// <summary>Refuses what no worker could take, before it is copied; for a sequence without a known end, as soon as that shows.</summary>
    private void RequireFit(long size, long limit, string unit)
    {
        if (size > limit)
        {
            throw new MontySizeException(
                $"The value to convert, at {path},",
                size,
                limit,
                unit,
                "A worker takes no more at once; send it in parts."
            );
        }
    }

    /// <summary>True for the generic classes and for what derives from them; looks at no members, so trimming cannot break it.</summary>
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
