using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Measures a suspension with 8 arguments, one of them a str of 10 KB.</summary>
internal static class ArgumentsCommand
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("Interop", "C loop", "ratio", "target", "processor", "allocated");
        var comparison = new TurnComparison(
            "round trip, 8 arguments",
            "args",
            "1.10",
            turns => HostTurns.SuspendAsync(HostTurns.EndlessCallsWithArguments, turns)
        );
        var (host, c) = await comparison.RunAsync(options, baseline);
        var values = await MeasureValuesAsync();
        Console.WriteLine(
            $"The values of a turn have {Report.Bytes(values)}. The client allocates {Report.Bytes(host.Bytes - values)} more (target < 1024 B)."
        );
        Console.WriteLine();
        Report.Result("round trip, 8 arguments", host, c);
    }

    /// <summary>Returns the size of the values that the caller receives and sends in one turn.</summary>
    private static async Task<double> MeasureValuesAsync()
    {
        object? last = null;
        var cost = await Rounds.MeasureAsync(
            1000,
            count =>
            {
                for (; count > 0; count--)
                {
                    last = new MontyFunctionCall(
                        new string('t', 4),
                        [
                            1,
                            2.5,
                            true,
                            MontyValue.None,
                            new string('n', 4),
                            new MontyList([1, 2, 3]),
                            new MontyDict([new(new string('k', 3), new string('v', 5))]),
                            new string('x', 10240),
                        ],
                        [],
                        CallId: 1
                    );
                    last = MontyAnswer.Return(1);
                }

                return Task.CompletedTask;
            }
        );
        GC.KeepAlive(last);
        return cost.Bytes;
    }
}
