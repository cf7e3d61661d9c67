using System.Globalization;

namespace Monty.Load;

/// <summary>The options of a command: pairs of names and values.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = [];

    /// <exception cref="FormatException">An option is unknown, or has no value.</exception>
    public Arguments(string[] given, params string[] names)
    {
        for (var i = 0; i < given.Length; i += 2)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal) || !names.Contains(given[i][2..]))
            {
                throw new FormatException($"Unknown option {given[i]}.");
            }

            values[given[i][2..]] =
                i + 1 < given.Length ? given[i + 1] : throw new FormatException($"The option {given[i]} requires a value.");
        }
    }

    public string? Find(string name) => values.GetValueOrDefault(name);

    /// <exception cref="FormatException">The option is missing, or has another value.</exception>
    public string OneOf(string name, params string[] choices) =>
        Find(name) is { } value && choices.Contains(value)
            ? value
            : throw new FormatException($"--{name} must be {string.Join(" or ", choices)}.");

    /// <exception cref="FormatException">The option is missing and has no default, or is not a positive number.</exception>
    public int Number(string name, int? defaultValue = null)
    {
        if (Find(name) is not { } text)
        {
            return defaultValue ?? throw new FormatException($"The option --{name} is missing.");
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"--{name} must be a positive number.");
    }
}
