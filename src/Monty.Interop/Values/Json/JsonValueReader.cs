using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Monty.Interop.Values.Json;

/// <summary>Reads values from JSON.</summary>
internal sealed class JsonValueReader
{
    private readonly JsonTagReader? tags;

    private JsonValueReader(ValuePath path, JsonElement? tagged)
    {
        Path = path;
        tags = tagged is { } root ? new(this, new DerivedIds(root)) : null;
    }

    public ValuePath Path { get; }

    /// <summary>Reads a complete document in the format of <see cref="MontyJson"/>.</summary>
    public static MontyValue ReadDocument(JsonElement root) => new JsonValueReader(new(MontyJson.Refusal), root).Read(root);

    /// <summary>Returns a reader of plain data, which ignores tags and reads every object as a dict.</summary>
    /// <param name="path">The position of the data in an enclosing value. It also creates the exceptions.</param>
    public static JsonValueReader ForData(ValuePath path) => new(path, tagged: null);

    public MontyValue Read(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Null => MontyNone.Instance,
            JsonValueKind.True => MontyBool.True,
            JsonValueKind.False => MontyBool.False,
            JsonValueKind.Number => ReadNumber(JsonMarshal.GetRawUtf8Value(element)),
            JsonValueKind.String => new MontyStr(ReadText(element)),
            JsonValueKind.Array => new MontyList(ReadItems(element)),
            JsonValueKind.Object => ReadObject(element),
            _ => throw Path.CreateException("The JSON element is undefined; pass an element of a parsed document"),
        };

    public EquatableArray<MontyValue> ReadItems(JsonElement array)
    {
        var items = new MontyValue[array.GetArrayLength()];
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            Path.Enter(index);
            items[index++] = Read(item);
            Path.Leave();
        }

        return new(items);
    }

    public string ReadText(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw CreateTextException(error);
        }
    }

    /// <summary>Returns null when the text is not base64.</summary>
    public byte[]? ReadBase64(JsonElement element)
    {
        try
        {
            return element.TryGetBytesFromBase64(out var bytes) ? bytes : null;
        }
        catch (InvalidOperationException error)
        {
            throw CreateTextException(error);
        }
    }

    public string ReadName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException error)
        {
            throw CreateTextException(error);
        }
    }

    /// <summary>Reads the members of an object as a dict with str keys. The object itself is not read as a tagged value.</summary>
    public MontyDict ReadMembers(JsonElement element)
    {
        var pairs = new KeyValuePair<MontyValue, MontyValue>[element.GetPropertyCount()];
        var names = pairs.Length > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        var index = 0;
        foreach (var property in element.EnumerateObject())
        {
            var name = ReadName(property);
            Path.Enter(name);
            if (names?.Add(name) == false)
            {
                throw Path.CreateException("The object has this key twice; remove one of the members");
            }

            pairs[index++] = new(name, Read(property.Value));
            Path.Leave();
        }

        return new(new EquatableArray<KeyValuePair<MontyValue, MontyValue>>(pairs));
    }

    private MontyValue ReadObject(JsonElement element)
    {
        if (tags is null || element.GetPropertyCount() != 1)
        {
            return ReadMembers(element);
        }

        using var properties = element.EnumerateObject();
        properties.MoveNext();
        var name = ReadName(properties.Current);
        return JsonTag.IsTag(name) ? tags.Read(name, properties.Current.Value) : ReadMembers(element);
    }

    private MontyValue ReadNumber(ReadOnlySpan<byte> token)
    {
        if (token.IndexOfAny(".eE"u8) >= 0)
        {
            var number = double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(number)
                ? new MontyFloat(number)
                : throw Path.CreateException("The number is outside the range of a float; write {\"$float\": \"inf\"} for infinity");
        }

        return IntText.Parse(Encoding.ASCII.GetString(token))
            ?? throw Path.CreateException($"The number has more than {IntText.MaxDigits} digits; write it as {{\"$int\": \"0x…\"}}");
    }

    private Exception CreateTextException(Exception cause) =>
        Path.CreateException("The text is not valid Unicode: it contains a lone surrogate or invalid UTF-8", cause);
}
