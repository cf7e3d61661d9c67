using System.Runtime.InteropServices;
using System.Text.Json;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Tools;

/// <summary>One object of a tools file: known keys only, and every complaint says where.</summary>
internal sealed class StrictObject
{
    private const long LongestDelay = 24L * 60 * 60 * 1000;
    private readonly Dictionary<string, JsonElement> members = [];

    /// <summary>Reads the keys.</summary>
    /// <param name="element">What stands in the file.</param>
    /// <param name="where">The file and the way to the element, such as <c>x.tools.json: weather.in_order[2]</c>.</param>
    /// <param name="known">The keys that may be there.</param>
    public StrictObject(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        Where = where;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse($"an object was expected, with {string.Join(", ", known)}");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw Refuse($"unknown key '{VisibleText.Format(member.Name, 40)}'. Known here: {string.Join(", ", known)}");
            }

            members.Add(member.Name, member.Value);
        }
    }

    public string Where { get; }

    public bool Has(string key) => members.ContainsKey(key);

    public bool Flag(string key) =>
        Take(key)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw Refuse($"'{key}' must be true or false"),
        };

    public TimeSpan? Milliseconds(string key)
    {
        if (Take(key) is not { } element)
        {
            return null;
        }

        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number is >= 0 and <= LongestDelay
            ? TimeSpan.FromMilliseconds(number)
            : throw Refuse($"'{key}' must be a whole number of milliseconds from 0 to {LongestDelay}");
    }

    public string? Text(string key) =>
        Take(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } element => element.GetString(),
            _ => throw Refuse($"'{key}' must be a text"),
        };

    /// <summary>The value under a key that is there, by the contract of <see cref="MontyJson"/>.</summary>
    public MontyValue Value(string key)
    {
        try
        {
            return MontyJson.Parse(JsonMarshal.GetRawUtf8Value(members[key]));
        }
        catch (JsonException broken)
        {
            throw Refuse($"'{key}' is no value: {JsonProblem.Format(broken)}");
        }
    }

    public StrictObject Object(string key, params ReadOnlySpan<string> known) => new(members[key], $"{Where}.{key}", known);

    /// <summary>The objects of an array that is there and not empty.</summary>
    public IEnumerable<StrictObject> Objects(string key, params string[] known)
    {
        var array = members[key];
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
        {
            throw Refuse($"'{key}' must be a list of answers, with one at least");
        }

        return array.EnumerateArray().Select((item, index) => new StrictObject(item, $"{Where}.{key}[{index}]", known));
    }

    public BadInputException Refuse(string problem) => new($"{Where}: {problem.TrimEnd('.')}.");

    private JsonElement? Take(string key) => members.TryGetValue(key, out var element) ? element : null;
}
