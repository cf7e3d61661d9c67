using System.Globalization;

namespace Monty.Host.Cli.Input;

/// <summary>Numbers with a unit, as options take them.</summary>
internal static class Quantity
{
    private const string DurationForm = "Write a number with ms, s, m or h, such as 500ms, 2s or 1m; a bare number is seconds.";
    private const string BytesForm = "Write a number with kB, MB, GB, KiB, MiB or GiB, such as 64MB or 1GiB; a bare number is bytes.";
    private const string CountForm = "Write a whole number from 0 to 2147483647.";

    /// <summary>A longer limit is none: leave the option away.</summary>
    private const int MostHours = 1000;

    public static TimeSpan Duration(string text)
    {
        var seconds = Read(
            text,
            DurationForm,
            unit =>
                unit switch
                {
                    "ms" => 0.001m,
                    "" or "s" => 1,
                    "m" => 60,
                    "h" => 3600,
                    _ => null,
                }
        );
        return seconds <= MostHours * 3600m
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException($"'{text}' is more than {MostHours}h. Leave the option away for no limit.");
    }

    public static long Bytes(string text)
    {
        var bytes = Read(
            text,
            BytesForm,
            unit =>
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
                }
        );
        return bytes <= long.MaxValue
            ? (long)bytes
            : throw new FormatException($"'{text}' is more than any machine has. Leave the option away for no limit.");
    }

    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"'{text}' is no count. {CountForm}");

    private static decimal Read(string text, string form, Func<string, decimal?> scaleOf)
    {
        var trimmed = text.Trim();
        var number = trimmed.TrimEnd([.. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]);
        if (
            scaleOf(trimmed[number.Length..]) is not { } scale
            || !decimal.TryParse(
                number.TrimEnd(),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || Math.Abs(amount) > 1e18m
        )
        {
            throw new FormatException($"'{text}' is not understood. {form}");
        }

        return amount >= 0 ? amount * scale : throw new FormatException($"'{text}' is negative. {form}");
    }
}
