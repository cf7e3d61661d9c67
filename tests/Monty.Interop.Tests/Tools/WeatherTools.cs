using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Tests.Tools;

public enum Unit
{
    [Description("Celsius")]
    C,

    [Description("Fahrenheit")]
    F,
}

[Description("The weather of one day.")]
public sealed record Forecast(
    DateOnly Day,
    [property: Description("Degrees in the unit asked for.")] double High,
    double? Low = null,
    IReadOnlyList<string>? Warnings = null
);

public sealed record Region(string Name, IReadOnlyList<Region> Parts);

/// <summary>Tools in the form that a user of the library would write.</summary>
public sealed class WeatherTools
{
    public ConcurrentBag<string> RequestedCities { get; } = [];

    [MontyTool]
    [Description("The weather of a city, day by day.")]
    public async Task<List<Forecast>> GetWeatherAsync(
        [Description("The city's name.")] string city,
        [Description("1 to 7.")] int days = 3,
        Unit unit = Unit.C,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        RequestedCities.Add(city);
        if (days is < 1 or > 7)
        {
            throw new PythonException("ValueError", "days must be 1 to 7");
        }

        return [.. Enumerable.Range(1, days).Select(day => new Forecast(new DateOnly(2024, 5, day), unit == Unit.C ? 20 : 68))];
    }

    [MontyTool(Name = "mean")]
    [Description("""The "mean" of numbers.""")]
    public static double Average(IReadOnlyList<double> values) => values.Average();

    [MontyTool]
    public static double Hottest(
        IReadOnlyList<Forecast> days,
        [Description("Days with a lower high are ignored.")] double? atLeast = null
    ) => days.Where(d => d.High >= (atLeast ?? double.MinValue)).Max(d => d.High);

    [MontyTool]
    public static string Join(string separator, params string[] parts) => string.Join(separator, parts);

    [MontyTool]
    public static async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    [MontyTool]
    public static int Depth(Region region) => 1 + region.Parts.Select(Depth).DefaultIfEmpty().Max();

    public static string Hidden() => "not a tool";
}
