namespace Monty.Benchmarks;

/// <summary>What Monty.Interop adds to a turn: the same frames from C are the limit of what a client can reach.</summary>
internal static class TurnsVerb
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("Interop", "C loop", "ratio", "target", "processor", "allocated");
        var oneShot = await CompareAsync(options, baseline, "one-shot", "oneshot", "1.30", HostTurns.OneShotAsync);
        await CompareAsync(options, baseline, "round trip through a tool", "suspend", "-", HostTurns.ToolAsync);
        var roundTrip = await CompareAsync(
            options,
            baseline,
            "round trip",
            "suspend",
            "1.10",
            turns => HostTurns.SuspendAsync(HostTurns.EndlessCalls, turns)
        );
        Console.WriteLine();
        Report.Result("one-shot", oneShot.Host, oneShot.Baseline);
        Report.Result("round trip", roundTrip.Host, roundTrip.Baseline);
    }

    /// <summary>Prints one row.</summary>
    public static async Task<(Cost Host, Cost? Baseline)> CompareAsync(
        BenchmarkOptions options,
        CBaseline? baseline,
        string name,
        string mode,
        string target,
        Func<int, Task<Cost>> host
    )
    {
        var sides = new List<Func<Task<Cost>>> { () => host(options.Turns) };
        if (baseline is not null)
        {
            sides.Add(() => baseline.MeasureAsync(mode, options.Turns));
        }

        await host(options.Turns); // once for the JIT
        var costs = await Rounds.MediansAsync(options.Rounds, [.. sides]);
        Cost? c = baseline is null ? null : costs[1];
        Report.Row(
            name,
            Report.Microseconds(costs[0].Microseconds),
            c is null ? "-" : Report.Microseconds(c.Value.Microseconds),
            c is null ? "-" : Report.Ratio(costs[0].Microseconds / c.Value.Microseconds),
            target,
            Report.Microseconds(costs[0].Processor),
            Report.Bytes(costs[0].Bytes)
        );
        return (costs[0], c);
    }
}
