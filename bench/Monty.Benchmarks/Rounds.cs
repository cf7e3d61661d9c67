using System.Diagnostics;

namespace Monty.Benchmarks;

/// <summary>What one turn cost.</summary>
/// <param name="Microseconds">By the wall clock.</param>
/// <param name="Processor">Microseconds of processor time of the host; 0 where it was not measured.</param>
/// <param name="Bytes">Allocated by all threads of the host; 0 where it was not measured.</param>
internal readonly record struct Cost(double Microseconds, double Processor = 0, double Bytes = 0);

/// <summary>Runs the sides of a comparison in alternation, so that whatever else the machine does falls on both, and takes medians.</summary>
internal static class Rounds
{
    public static async Task<Cost[]> MediansAsync(int rounds, params Func<Task<Cost>>[] sides)
    {
        var costs = await SamplesAsync(rounds, sides);
        return [.. costs.Select(c => new Cost(Median(c, x => x.Microseconds), Median(c, x => x.Processor), Median(c, x => x.Bytes)))];
    }

    /// <summary>What each side cost in each round.</summary>
    public static async Task<Cost[][]> SamplesAsync(int rounds, Func<Task<Cost>>[] sides)
    {
        var costs = sides.Select(_ => new Cost[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                var side = round % 2 == 0 ? i : sides.Length - 1 - i; // A B, B A: no side always has the same one before it
                costs[side][round] = await sides[side]();
            }
        }

        return costs;
    }

    /// <summary>Measures <paramref name="turns"/> turns after as many to warm up.</summary>
    /// <param name="turns">Given to <paramref name="work"/>, twice.</param>
    /// <param name="work">Runs so many turns.</param>
    public static async Task<Cost> MeasureAsync(int turns, Func<int, Task> work)
    {
        await work(turns);
        var (bytes, processor, started) = (
            GC.GetTotalAllocatedBytes(precise: true),
            Environment.CpuUsage.TotalTime,
            Stopwatch.GetTimestamp()
        );
        await work(turns);
        var taken = Stopwatch.GetElapsedTime(started);
        return new Cost(
            taken.TotalMicroseconds / turns,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / turns,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / turns
        );
    }

    public static double Median(Cost[] costs, Func<Cost, double> of)
    {
        var sorted = costs.Select(of).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
