namespace Monty.Benchmarks;

/// <summary>Measures the overhead of Monty.Interop in a turn, compared with a C program that exchanges the same frames.</summary>
internal static class TurnsCommand
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("Interop", "C loop", "ratio", "target", "processor", "allocated");
        var oneShot = await new TurnComparison("one-shot", "oneshot", "1.30", HostTurns.OneShotAsync).RunAsync(options, baseline);
        await new TurnComparison("round trip through a tool", "suspend", "-", HostTurns.ToolAsync).RunAsync(options, baseline);
        var roundTrip = await new TurnComparison(
            "round trip",
            "suspend",
            "1.10",
            turns => HostTurns.SuspendAsync(HostTurns.EndlessCalls, turns)
        ).RunAsync(options, baseline);
        Console.WriteLine();
        Report.Result("one-shot", oneShot.Host, oneShot.Baseline);
        Report.Result("round trip", roundTrip.Host, roundTrip.Baseline);
    }
}

/// <summary>A comparison of turns through Monty.Interop with turns of the C baseline.</summary>
/// <param name="Name">The name of the row.</param>
/// <param name="Mode">The mode of the C baseline.</param>
/// <param name="Target">The maximum ratio, for the report.</param>
/// <param name="Host">Measures a number of turns through Monty.Interop.</param>
internal sealed record TurnComparison(string Name, string Mode, string Target, Func<int, Task<Cost>> Host)
{
    /// <summary>Runs the comparison and prints one row.</summary>
    public async Task<(Cost Host, Cost? Baseline)> RunAsync(BenchmarkOptions options, CBaseline? baseline)
    {
        var sides = new List<Func<Task<Cost>>> { () => Host(options.Turns) };
        if (baseline is not null)
        {
            sides.Add(() => baseline.MeasureAsync(Mode, options.Turns));
        }

        await Host(options.Turns); // The first run warms up the JIT.
        var costs = await Rounds.MediansAsync(options.Rounds, [.. sides]);
        Cost? c = baseline is null ? null : costs[1];
        Report.Row(
            Name,
            Report.Microseconds(costs[0].Microseconds),
            c is null ? "-" : Report.Microseconds(c.Value.Microseconds),
            c is null ? "-" : Report.Ratio(costs[0].Microseconds / c.Value.Microseconds),
            Target,
            Report.Microseconds(costs[0].Processor),
            Report.Bytes(costs[0].Bytes)
        );
        return (costs[0], c);
    }
}
