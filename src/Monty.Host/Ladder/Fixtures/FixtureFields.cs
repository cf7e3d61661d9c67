using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Monty.Host.Cli;
using Monty.Host.Cli.Input;
using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>The fields of one JSON object in a fixture. A field that is null counts as missing.</summary>
/// <remarks>The object tracks the fields that have not been read, so that unknown fields are noticed.</remarks>
internal sealed class FixtureFields
{
    private readonly Dictionary<string, JsonElement> unread = new(StringComparer.Ordinal);
    private readonly List<FixtureFields> parts = [];
    private readonly string path;

    /// <summary>Reads the fields of a whole fixture.</summary>
    /// <param name="element">The JSON of the fixture.</param>
    /// <param name="location">The location of the fixture in error messages.</param>
    public FixtureFields(JsonElement element, string location)
        : this(element, location, "") { }

    private FixtureFields(JsonElement element, string location, string path)
    {
        Location = location;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw CreateException(path.Length == 0 ? "expected an object" : $"'{path[..^1]}' must be an object");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
            {
                unread.Add(member.Name, member.Value);
            }
        }
    }

    public string Location { get; set; }

    /// <summary>The paths of the fields that were not read, including the fields of nested objects.</summary>
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

    /// <summary>Returns a whole number that is not negative.</summary>
    public long? Number(string name)
    {
        if (Take(name) is not { } element)
        {
            return null;
        }

        var isValid = element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number >= 0;
        return isValid ? element.GetInt64() : throw CreateTypeException(name, "a whole number that is not negative");
    }

    /// <summary>Returns a whole number from 0 to <see cref="int.MaxValue"/>.</summary>
    public int? SmallNumber(string name)
    {
        var number = Number(name);
        return number is null or <= int.MaxValue ? (int?)number : throw CreateTypeException(name, $"at most {int.MaxValue}");
    }

    /// <summary>Returns a value, converted by <see cref="MontyJson"/>.</summary>
    public MontyValue? Value(string name) => Take(name) is { } element ? ValueOf(element, name) : null;

    /// <summary>Returns a list of values. An item that is null becomes None.</summary>
    public IReadOnlyList<MontyValue>? Values(string name) => List(name, element => ValueOf(element, name));

    /// <summary>Returns a list of strings, which may contain null.</summary>
    public IReadOnlyList<string?>? TextsOrNulls(string name) =>
        List(name, element => element.ValueKind == JsonValueKind.Null ? null : TextOf(element, name));

    public IReadOnlyList<string>? Texts(string name) => List(name, element => TextOf(element, name));

    /// <summary>Returns one string or a list of strings.</summary>
    public IReadOnlyList<string>? TextOrTexts(string name) => KindOf(name) == JsonValueKind.String ? [Text(name)!] : Texts(name);

    /// <summary>Returns a list of lists of call ids.</summary>
    public IReadOnlyList<IReadOnlyList<uint>>? IdGroups(string name)
    {
        return List(name, group => ListOf(group, name, ReadId));

        uint ReadId(JsonElement id) =>
            id.ValueKind == JsonValueKind.Number && id.TryGetUInt32(out var number)
                ? number
                : throw CreateTypeException(name, "lists of call ids");
    }

    /// <summary>Returns values by name, in order. A member that is null becomes None.</summary>
    public IReadOnlyList<KeyValuePair<string, MontyValue>>? NamedValues(string name) =>
        Members(name)?.Select(m => KeyValuePair.Create(m.Name, ValueOf(m.Value, $"{name}.{m.Name}"))).ToList();

    /// <summary>Returns values by call id. A member that is null becomes None.</summary>
    public IReadOnlyDictionary<uint, MontyValue>? ValuesById(string name) =>
        Members(name)?.ToDictionary(m => IdOf(m.Name, name), m => ValueOf(m.Value, $"{name}.{m.Name}"));

    /// <summary>Returns strings by call id.</summary>
    public IReadOnlyDictionary<uint, string>? TextsById(string name) =>
        Members(name)?.ToDictionary(m => IdOf(m.Name, name), m => TextOf(m.Value, $"{name}.{m.Name}"));

    /// <summary>Returns a nested object. <see cref="Unread"/> includes its fields.</summary>
    public FixtureFields? Part(string name) => Take(name) is { } element ? Part(element, $"{path}{name}.") : null;

    /// <summary>Returns a list of nested objects.</summary>
    public IReadOnlyList<FixtureFields>? Parts(string name)
    {
        var index = 0;
        return List(name, element => Part(element, string.Create(CultureInfo.InvariantCulture, $"{path}{name}[{index++}].")));
    }

    /// <summary>Returns nested objects by name, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, FixtureFields>>? NamedParts(string name) =>
        Members(name)?.Select(m => KeyValuePair.Create(m.Name, Part(m.Value, $"{path}{name}.{m.Name}."))).ToList();

    /// <summary>Returns true if the field exists and is not false.</summary>
    public bool IsSet(string name) => KindOf(name) is not (null or JsonValueKind.False);

    public JsonValueKind? KindOf(string name) => unread.TryGetValue(name, out var element) ? element.ValueKind : null;

    public T Require<T>(T? value, string name)
        where T : struct => value ?? throw CreateException($"the field '{path}{name}' is missing");

    public string Require(string? value, string name) => value ?? throw CreateException($"the field '{path}{name}' is missing");

    public BadInputException CreateException(string problem) => new($"{Location}: {problem}.");

    private BadInputException CreateTypeException(string name, string type) => CreateException($"'{path}{name}' must be {type}");

    private JsonElement? Take(string name) => unread.Remove(name, out var element) ? element : null;

    private FixtureFields Part(JsonElement element, string partPath)
    {
        var part = new FixtureFields(element, Location, partPath);
        parts.Add(part);
        return part;
    }

    private List<T>? List<T>(string name, Func<JsonElement, T> read) => Take(name) is { } element ? ListOf(element, name, read) : null;

    private List<T> ListOf<T>(JsonElement element, string name, Func<JsonElement, T> read) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(read)] : throw CreateTypeException(name, "a list");

    private JsonElement.ObjectEnumerator? Members(string name)
    {
        if (Take(name) is not { } element)
        {
            return null;
        }

        return element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw CreateTypeException(name, "an object");
    }

    private uint IdOf(string text, string name) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw CreateTypeException(name, "an object with call ids as keys");

    private string TextOf(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw CreateTypeException(name, "a string");
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
        catch (JsonException exception)
        {
            throw CreateException($"'{path}{name}' is not a valid value: {JsonProblem.Format(exception).TrimEnd('.')}");
        }
    }
}
