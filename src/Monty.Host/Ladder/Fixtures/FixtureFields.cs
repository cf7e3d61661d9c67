using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;
using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>The fields of one JSON object in a fixture: null counts as absent, and those that nobody read are known in the end.</summary>
internal sealed class FixtureFields
{
    private readonly Dictionary<string, JsonElement> unread = new(StringComparer.Ordinal);
    private readonly List<FixtureFields> parts = [];
    private readonly string path;

    /// <summary>The fields of a whole fixture.</summary>
    /// <param name="element">Its JSON.</param>
    /// <param name="where">What messages call it.</param>
    public FixtureFields(JsonElement element, string where)
        : this(element, where, "") { }

    private FixtureFields(JsonElement element, string where, string path)
    {
        Where = where;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw CreateException(path.Length == 0 ? "an object was expected" : $"'{path[..^1]}' must be an object");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
            {
                unread.Add(member.Name, member.Value);
            }
        }
    }

    public string Where { get; set; }

    /// <summary>The fields that were not asked for, with the way to them; those of the parts too.</summary>
    public IEnumerable<string> Unread => unread.Keys.Select(name => path + name).Concat(parts.SelectMany(p => p.Unread));

    public string? Text(string name) => Take(name) is { } element ? TextOf(element, name) : null;

    public bool? Flag(string name) =>
        Take(name)?.ValueKind switch
        {
            null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw CreateTypeException(name, "true or false"),
        };

    /// <summary>A whole number that is not negative.</summary>
    public long? Number(string name) =>
        Take(name) is not { } element ? null
        : element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number >= 0 ? number
        : throw CreateTypeException(name, "a whole number, not negative");

    /// <summary>The same within 32 bits.</summary>
    public int? SmallNumber(string name) =>
        Number(name) is not { } number ? null
        : number <= int.MaxValue ? (int)number
        : throw CreateTypeException(name, $"at most {int.MaxValue}");

    /// <summary>A value by the contract of <see cref="MontyJson"/>.</summary>
    public MontyValue? Value(string name) => Take(name) is { } element ? ValueOf(element, name) : null;

    /// <summary>A list of values, where null is None.</summary>
    public IReadOnlyList<MontyValue>? Values(string name) => List(name, element => ValueOf(element, name));

    /// <summary>A list of texts, where null is no text.</summary>
    public IReadOnlyList<string?>? TextsOrNulls(string name) =>
        List(name, element => element.ValueKind == JsonValueKind.Null ? null : TextOf(element, name));

    public IReadOnlyList<string>? Texts(string name) => List(name, element => TextOf(element, name));

    /// <summary>One text or a list of them.</summary>
    public IReadOnlyList<string>? TextOrTexts(string name) => KindOf(name) == JsonValueKind.String ? [Text(name)!] : Texts(name);

    /// <summary>Lists of lists of call ids.</summary>
    public IReadOnlyList<IReadOnlyList<uint>>? IdGroups(string name) =>
        List(
            name,
            group =>
                ListOf(
                    group,
                    name,
                    id =>
                        id.ValueKind == JsonValueKind.Number && id.TryGetUInt32(out var number)
                            ? number
                            : throw CreateTypeException(name, "lists of call ids")
                )
        );

    /// <summary>Values by name, in order; null is None.</summary>
    public IReadOnlyList<KeyValuePair<string, MontyValue>>? NamedValues(string name) =>
        Members(name)?.Select(m => KeyValuePair.Create(m.Name, ValueOf(m.Value, $"{name}.{m.Name}"))).ToList();

    /// <summary>Values by call id; null is None.</summary>
    public IReadOnlyDictionary<uint, MontyValue>? ValuesById(string name) =>
        Members(name)?.ToDictionary(m => IdOf(m.Name, name), m => ValueOf(m.Value, $"{name}.{m.Name}"));

    /// <summary>Texts by call id.</summary>
    public IReadOnlyDictionary<uint, string>? TextsById(string name) =>
        Members(name)?.ToDictionary(m => IdOf(m.Name, name), m => TextOf(m.Value, $"{name}.{m.Name}"));

    /// <summary>An object; its unread fields become this one's.</summary>
    public FixtureFields? Part(string name) => Take(name) is { } element ? Part(element, $"{path}{name}.") : null;

    /// <summary>Objects in a list.</summary>
    public IReadOnlyList<FixtureFields>? Parts(string name)
    {
        var index = 0;
        return List(name, element => Part(element, string.Create(CultureInfo.InvariantCulture, $"{path}{name}[{index++}].")));
    }

    /// <summary>Objects by name, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, FixtureFields>>? NamedParts(string name) =>
        Members(name)?.Select(m => KeyValuePair.Create(m.Name, Part(m.Value, $"{path}{name}.{m.Name}."))).ToList();

    /// <summary>True for a field that is there and not false.</summary>
    public bool IsSet(string name) => KindOf(name) is not (null or JsonValueKind.False);

    public JsonValueKind? KindOf(string name) => unread.TryGetValue(name, out var element) ? element.ValueKind : null;

    public T Require<T>(T? value, string name)
        where T : struct => value ?? throw CreateException($"it has no '{path}{name}'");

    public string Require(string? value, string name) => value ?? throw CreateException($"it has no '{path}{name}'");

    public BadInputException CreateException(string problem) => new($"{Where}: {problem}.");

    private BadInputException CreateTypeException(string name, string wanted) => CreateException($"'{path}{name}' must be {wanted}");

    private JsonElement? Take(string name) => unread.Remove(name, out var element) ? element : null;

    private FixtureFields Part(JsonElement element, string partPath)
    {
        var part = new FixtureFields(element, Where, partPath);
        parts.Add(part);
        return part;
    }

    private List<T>? List<T>(string name, Func<JsonElement, T> read) => Take(name) is { } element ? ListOf(element, name, read) : null;

    private List<T> ListOf<T>(JsonElement element, string name, Func<JsonElement, T> read) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(read)] : throw CreateTypeException(name, "a list");

    private JsonElement.ObjectEnumerator? Members(string name) =>
        Take(name) is not { } element ? null
        : element.ValueKind == JsonValueKind.Object ? element.EnumerateObject()
        : throw CreateTypeException(name, "an object");

    private uint IdOf(string text, string name) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw CreateTypeException(name, "an object with call ids as keys");

    private string TextOf(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw CreateTypeException(name, "a text");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw CreateTypeException(name, "valid Unicode");
        }
    }

    private MontyValue ValueOf(JsonElement element, string name)
    {
        try
        {
            return MontyJson.Parse(JsonMarshal.GetRawUtf8Value(element));
        }
        catch (JsonException broken)
        {
            throw CreateException($"'{path}{name}' is no value: {JsonProblem.Format(broken).TrimEnd('.')}");
        }
    }
}
