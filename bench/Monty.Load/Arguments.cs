using System.Globalization;

namespace Monty.Load;

/// <summary>What follows a verb: names and values.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = [];

    /// <exception cref="FormatException">A name is none of the verb's, or has no value.</exception>
    public Arguments(string[] given, params string[] names)
    {
        for (var i = 0; i < given.Length; i += 2)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal) || !names.Contains(given[i][2..]))
            {
                throw new FormatException($"{given[i]} is not known here.");
            }

            values[given[i][2..]] = i + 1 < given.Length ? given[i + 1] : throw new FormatException($"{given[i]} needs a value.");
        }
    }

    public string? Find(string name) => values.GetValueOrDefault(name);

    /// <exception cref="FormatException">It is missing, or none of those.</exception>
    public string OneOf(string name, params string[] choices) =>
        Find(name) is { } value && choices.Contains(value)
            ? value
            : throw new FormatException($"--{name} is {string.Join(" or ", choices)}.");

    /// <exception cref="FormatException">It is missing and has no default, or is no positive number.</exception>
    public int Number(string name, int? otherwise = null)
    {
        if (Find(name) is not { } text)
        {
            return otherwise ?? throw new FormatException($"--{name} is missing.");
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"--{name} is a positive number.");
    }
}
