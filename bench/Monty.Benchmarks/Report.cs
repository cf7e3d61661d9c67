using System.Globalization;
using System.Runtime.InteropServices;

namespace Monty.Benchmarks;

/// <summary>Prints results in the same format for all commands.</summary>
internal static class Report
{
    /// <summary>Prints the machine and its load. Results from a busy machine are less reliable.</summary>
    public static void Machine()
    {
        const string Load = "/proc/loadavg";
        var load = File.Exists(Load) ? $", load {File.ReadAllText(Load).Split(' ')[0]}" : "";
        Console.WriteLine(
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors{load}, {RuntimeInformation.FrameworkDescription}"
        );
    }

    public static void Header(params string[] columns) => Row("", columns);

    public static void Row(string name, params string[] cells) =>
        Console.WriteLine($"{name, -34}{string.Concat(cells.Select(c => $"{c, 14}"))}");

    public static string Microseconds(double value) => $"{Number(value)} us";

    public static string Bytes(double value) =>
        value < 100_000
            ? $"{value.ToString("0", CultureInfo.InvariantCulture)} B"
            : $"{(value / 1e6).ToString("0.00", CultureInfo.InvariantCulture)} MB";

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Prints a line for scripts, such as <c>round trip 23.4 us, C 22.9 us, ratio 1.02</c>.</summary>
    public static void Result(string name, Cost host, Cost? baseline)
    {
        var line = $"{name} {Microseconds(host.Microseconds)}";
        if (baseline is { } c)
        {
            line += $", C {Microseconds(c.Microseconds)}, ratio {Ratio(host.Microseconds / c.Microseconds)}";
        }

        Console.WriteLine(line);
    }

    private static string Number(double value) => value.ToString(value < 1000 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
