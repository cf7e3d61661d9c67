using System.Globalization;

namespace Monty.Benchmarks;

/// <summary>What the command line sets.</summary>
/// <param name="Rounds">How often each side runs.</param>
/// <param name="Turns">The turns of one round, after as many to warm up.</param>
/// <param name="HostOnly">Leaves the C loop out.</param>
internal sealed record BenchmarkOptions(int Rounds, int Turns, bool HostOnly)
{
    /// <summary>Other builds of montynet, for the verb <c>start</c>.</summary>
    public IReadOnlyList<string> Files { get; private init; } = [];

    /// <summary>Null for a command line that nobody can mean.</summary>
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
                i = i + 1;
            }
            else if (arguments[i] == "--turns")
            {
                options = options with { Turns = number };
                i = i + 1;
            }
            else
            {
                return null;
            }
        }

        return arguments.Length > 0 ? options : null;
    }
}
