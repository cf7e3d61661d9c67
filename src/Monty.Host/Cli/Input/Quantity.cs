using System.Globalization;

namespace Monty.Host.Cli.Input;

/// <summary>Parses the durations, sizes and counts of options.</summary>
internal static class Quantity
{
    private const string DurationSyntax = "Write a number with ms, s, m or h, such as 500ms, 2s or 1m. Without a unit, it is in seconds.";
    private const string BytesSyntax =
        "Write a number with kB, MB, GB, KiB, MiB or GiB, such as 64MB or 1GiB. Without a unit, it is in bytes.";
    private const string CountSyntax = "Write a whole number from 0 to 2147483647.";

    /// <summary>The maximum duration. Omit the option for a longer limit.</summary>
    private const int MaxHours = 1000;

    public static TimeSpan ParseDuration(string text)
    {
        var seconds = Parse(text, DurationSyntax, GetSeconds);
        return seconds <= MaxHours * 3600m
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException($"'{text}' is more than the maximum of {MaxHours}h. Omit the option for no limit.");
    }

    public static long ParseBytes(string text)
    {
        var bytes = Parse(text, BytesSyntax, GetBytes);
        return bytes <= long.MaxValue
            ? (long)bytes
            : throw new FormatException($"'{text}' is more memory than any machine has. Omit the option for no limit.");
    }

    public static int ParseCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"'{text}' is not a valid count. {CountSyntax}");

    private static decimal? GetSeconds(string unit) =>
        unit switch
        {
            "ms" => 0.001m,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };

    private static decimal? GetBytes(string unit) =>
        unit.ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "KB" => 1000,
            "MB" => 1000_000,
            "GB" => 1000_000_000,
            "KIB" => 1L << 10,
            "MIB" => 1L << 20,
            "GIB" => 1L << 30,
            _ => null,
        };

    private static decimal Parse(string text, string syntax, Func<string, decimal?> getScale)
    {
        var trimmed = text.Trim();
        var number = trimmed.TrimEnd([.. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]);
        if (
            getScale(trimmed[number.Length..]) is not { } scale
            || !decimal.TryParse(
                number.TrimEnd(),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || Math.Abs(amount) > 1e18m
        )
        {
            throw new FormatException($"'{text}' cannot be read. {syntax}");
        }

        return amount >= 0 ? amount * scale : throw new FormatException($"'{text}' is negative. {syntax}");
    }
}
