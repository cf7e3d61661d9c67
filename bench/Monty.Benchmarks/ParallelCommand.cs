using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Measures whether two sessions slow each other down, by comparing two parallel workers with one worker.</summary>
internal static class ParallelCommand
{
    /// <summary>The number of suspensions that take about as long as one feed that computes.</summary>
    private const int LongFeedTurns = 100;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("one", "two", "speed-up", "target");
        var suspensions = await CompareAsync(
            options,
            "suspensions",
            "1.70",
            () => HostTurns.SuspendAsync(HostTurns.EndlessCalls, options.Turns)
        );
        if (baseline is not null)
        {
            await CompareAsync(options, "suspensions, C loop", "-", () => baseline.MeasureAsync("suspend", options.Turns));
        }

        await CompareAsync(options, "feeds that compute", "1.70", () => ComputeAsync(Math.Max(1, options.Turns / LongFeedTurns)));
        Console.WriteLine();
        Console.WriteLine($"2 workers on {Environment.ProcessorCount} processors: {Report.Ratio(suspensions)} times one worker");
    }

    private static async Task<double> CompareAsync(BenchmarkOptions options, string name, string target, Func<Task<Cost>> work)
    {
        await work(); // The first run warms up the JIT.
        var costs = await Rounds.MediansAsync(options.Rounds, work, () => RunTwoAsync(work));
        var speedUp = costs[0].Microseconds / costs[1].Microseconds;
        Report.Row(
            name,
            Report.Microseconds(costs[0].Microseconds),
            Report.Microseconds(costs[1].Microseconds),
            Report.Ratio(speedUp),
            target
        );
        return speedUp;
    }

    /// <summary>Runs the work on two workers in parallel, and returns the cost of one turn of both workers together.</summary>
    private static async Task<Cost> RunTwoAsync(Func<Task<Cost>> work)
    {
        var both = await Task.WhenAll(Task.Run(work), Task.Run(work));
        return new Cost(1 / both.Sum(c => 1 / c.Microseconds));
    }

    private static async Task<Cost> ComputeAsync(int feeds)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(HostTurns.Options);
        return await Rounds.MeasureAsync(
            feeds,
            async count =>
            {
                for (; count > 0; count--)
                {
                    await session.FeedAsync("total = 0\nfor i in range(20000):\n    total += i * i\ntotal");
                }
            }
        );
    }
}
