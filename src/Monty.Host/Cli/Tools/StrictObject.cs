using System.Runtime.InteropServices;
using System.Text.Json;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>One JSON object of a tools file. Unknown keys are rejected, and every error names the place in the file.</summary>
internal sealed class StrictObject
{
    private const long MaxDelayMilliseconds = 24L * 60 * 60 * 1000;
    private readonly Dictionary<string, JsonElement> members = [];

    /// <summary>Reads the keys.</summary>
    /// <param name="element">The JSON of the object.</param>
    /// <param name="location">The file and the path of the object in it, such as <c>x.tools.json: weather.in_order[2]</c>.</param>
    /// <param name="allowedKeys">The keys that the object may have.</param>
    public StrictObject(JsonElement element, string location, params ReadOnlySpan<string> allowedKeys)
    {
        Location = location;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw CreateException($"expected an object with the keys {string.Join(", ", allowedKeys)}");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!allowedKeys.Contains(member.Name))
            {
                throw CreateException($"unknown key '{VisibleText.Format(member.Name, 40)}'. Use one of: {string.Join(", ", allowedKeys)}");
            }

            members.Add(member.Name, member.Value);
        }
    }

    public string Location { get; }

    public bool Has(string key) => members.ContainsKey(key);

    public bool Flag(string key) =>
        Take(key)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw CreateException($"'{key}' must be true or false"),
        };

    public TimeSpan? Milliseconds(string key)
    {
        if (Take(key) is not { } element)
        {
            return null;
        }

        return
            element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number is >= 0 and <= MaxDelayMilliseconds
            ? TimeSpan.FromMilliseconds(number)
            : throw CreateException($"'{key}' must be a whole number of milliseconds from 0 to {MaxDelayMilliseconds}");
    }

    public string? Text(string key) =>
        Take(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } element => element.GetString(),
            _ => throw CreateException($"'{key}' must be a string"),
        };

    /// <summary>Returns the value of a key that exists, converted by <see cref="MontyJson"/>.</summary>
    public MontyValue Value(string key)
    {
        try
        {
            return MontyJson.Parse(JsonMarshal.GetRawUtf8Value(members[key]));
        }
        catch (JsonException exception)
        {
            throw CreateException($"'{key}' is not a valid value: {JsonProblem.Format(exception)}");
        }
    }

    public StrictObject Object(string key, params ReadOnlySpan<string> allowedKeys) => new(members[key], $"{Location}.{key}", allowedKeys);

    /// <summary>Returns the objects of an array that exists. The array must not be empty.</summary>
    public IEnumerable<StrictObject> Objects(string key, params string[] allowedKeys)
    {
        var array = members[key];
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
        {
            throw CreateException($"'{key}' must be a list of at least one answer");
        }

        return array.EnumerateArray().Select((item, index) => new StrictObject(item, $"{Location}.{key}[{index}]", allowedKeys));
    }

    public BadInputException CreateException(string problem) => new($"{Location}: {problem.TrimEnd('.')}.");

    private JsonElement? Take(string key) => members.TryGetValue(key, out var element) ? element : null;
}
