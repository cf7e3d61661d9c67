using System.Globalization;

namespace Monty.Benchmarks;

/// <summary>The options of the command line.</summary>
/// <param name="Rounds">The number of runs of each side of a comparison.</param>
/// <param name="Turns">The number of turns in one round. A warm-up has the same number.</param>
/// <param name="HostOnly">True to omit the C baseline.</param>
internal sealed record BenchmarkOptions(int Rounds, int Turns, bool HostOnly)
{
    /// <summary>Other builds of montynet for the command <c>start</c>.</summary>
    public IReadOnlyList<string> Files { get; private init; } = [];

    /// <summary>Parses the arguments. Returns null if they are invalid.</summary>
    public static BenchmarkOptions? TryParse(string[] arguments)
    {
        var options = new BenchmarkOptions(7, 20_000, HostOnly: false);
        for (var i = 1; i < arguments.Length; i++)
        {
            if (arguments[i] == "--host-only")
            {
                options = options with { HostOnly = true };
            }
            else if (arguments[0] == "start" && !arguments[i].StartsWith('-'))
            {
                options = options with { Files = [.. options.Files, arguments[i]] };
            }
            else if (
                i + 1 == arguments.Length
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number == 0
            )
            {
                return null;
            }
            else if (arguments[i] == "--rounds")
            {
                options = options with { Rounds = number };
                i++;
            }
            else if (arguments[i] == "--turns")
            {
                options = options with { Turns = number };
                i++;
            }
            else
            {
                return null;
            }
        }

        return arguments.Length > 0 ? options : null;
    }
}
