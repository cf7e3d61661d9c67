using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Whether two sessions get in each other's way: two workers at once against one.</summary>
internal static class ParallelVerb
{
    private const int LongFeedTurns = 100; // turns of the suspension that cost about one feed that computes

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("one", "two at once", "speed-up", "target");
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
        Console.WriteLine($"2 workers on {Environment.ProcessorCount} processors: {Report.Ratio(suspensions)} times one");
    }

    private static async Task<double> CompareAsync(BenchmarkOptions options, string name, string target, Func<Task<Cost>> work)
    {
        await work(); // once for the JIT
        var costs = await Rounds.MediansAsync(options.Rounds, work, () => TwiceAsync(work));
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

    /// <summary>Runs the work on two workers at once; the cost is that of one turn of both together.</summary>
    private static async Task<Cost> TwiceAsync(Func<Task<Cost>> work)
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
