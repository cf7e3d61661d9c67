using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>The suspension that carries something: 8 arguments, one of them a 10 KB str.</summary>
internal static class ArgumentsVerb
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        var baseline = options.HostOnly ? null : await CBaseline.TryBuildAsync();
        Report.Header("Interop", "C loop", "ratio", "target", "processor", "allocated");
        var (host, c) = await TurnsVerb.CompareAsync(
            options,
            baseline,
            "round trip, 8 arguments",
            "args",
            "1.10",
            turns => HostTurns.SuspendAsync(HostTurns.EndlessCallsWithArguments, turns)
        );
        var values = await SizeOfValuesAsync();
        Console.WriteLine(
            $"The values of a turn take {Report.Bytes(values)}; beyond them it allocates {Report.Bytes(host.Bytes - values)} (target < 1024 B)."
        );
        Console.WriteLine();
        Report.Result("round trip, 8 arguments", host, c);
    }

    /// <summary>What the caller gets and gives in one turn, built by hand.</summary>
    private static async Task<double> SizeOfValuesAsync()
    {
        object? kept = null;
        var cost = await Rounds.MeasureAsync(
            1000,
            count =>
            {
                for (; count > 0; count--)
                {
                    kept = new MontyFunctionCall(
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
                    kept = MontyAnswer.Return(1);
                }

                return Task.CompletedTask;
            }
        );
        GC.KeepAlive(kept);
        return cost.Bytes;
    }
}
