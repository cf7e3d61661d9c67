using System.Globalization;
using System.Text.RegularExpressions;

namespace Monty.Interop.Wire;

/// <summary>Recognizes the error of a session whose dump is larger than a frame, which is known only once the runtime has made it.</summary>
internal static partial class DumpSize
{
    /// <summary>Returns the exception for such an error, or null for any other.</summary>
    public static MontySizeException? ReadRefusal(Error error) =>
        Refusal().Match(error.Exception?.Message ?? "") is { Success: true } refusal
        && long.TryParse(refusal.Groups["size"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
        && long.TryParse(refusal.Groups["limit"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? new MontySizeException(
                "The dump of the session",
                size,
                limit,
                "bytes",
                "Set MontyLimits.MaxMemoryBytes, or let the script keep less."
            )
            : null;

    [GeneratedRegex("^result frame of (?<size>[0-9]+) bytes exceeds the maximum of (?<limit>[0-9]+) bytes$", RegexOptions.CultureInvariant)]
    private static partial Regex Refusal();
}
