using System.Diagnostics;

namespace Monty.Benchmarks;

/// <summary>The cost of one turn.</summary>
/// <param name="Microseconds">The elapsed time in microseconds.</param>
/// <param name="Processor">The processor time of the host in microseconds, or 0 if it was not measured.</param>
/// <param name="Bytes">The bytes allocated by all threads of the host, or 0 if they were not measured.</param>
internal readonly record struct Cost(double Microseconds, double Processor = 0, double Bytes = 0);

/// <summary>Runs the sides of a comparison in alternation, so that other load on the machine affects both, and computes medians.</summary>
internal static class Rounds
{
    public static async Task<Cost[]> MediansAsync(int rounds, params Func<Task<Cost>>[] sides)
    {
        var costs = await SamplesAsync(rounds, sides);
        return [.. costs.Select(c => new Cost(Median(c, x => x.Microseconds), Median(c, x => x.Processor), Median(c, x => x.Bytes)))];
    }

    /// <summary>Returns the cost of each side in each round.</summary>
    public static async Task<Cost[][]> SamplesAsync(int rounds, Func<Task<Cost>>[] sides)
    {
        var costs = sides.Select(_ => new Cost[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                // The order alternates (A B, B A), so that no side always follows the same other side.
                var side = round % 2 == 0 ? i : sides.Length - 1 - i;
                costs[side][round] = await sides[side]();
            }
        }

        return costs;
    }

    /// <summary>Measures turns after a warm-up with the same number of turns.</summary>
    /// <param name="turns">The number of turns.</param>
    /// <param name="work">Runs a number of turns.</param>
    public static async Task<Cost> MeasureAsync(int turns, Func<int, Task> work)
    {
        await work(turns);
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await work(turns);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Cost(
            elapsed.TotalMicroseconds / turns,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / turns,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / turns
        );
    }

    public static double Median(Cost[] costs, Func<Cost, double> selector)
    {
        var sorted = costs.Select(selector).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
