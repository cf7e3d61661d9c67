using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Measures a stateless turn, which loads a dump, answers, takes a dump and resets, compared with the answer alone.</summary>
internal static class StatelessCommand
{
    private static readonly TurnOptions Options = new() { Session = HostTurns.Options };

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await StatelessAsync(options.Turns); // The first run warms up the JIT.
        var costs = await Rounds.MediansAsync(
            options.Rounds,
            () => StatelessAsync(options.Turns),
            () => HostTurns.SuspendAsync(HostTurns.EndlessCalls, options.Turns)
        );
        Report.Header("stateless", "kept worker", "ratio", "target", "processor", "allocated");
        var ratio = Report.Ratio(costs[0].Microseconds / costs[1].Microseconds);
        Report.Row(
            "suspension",
            Report.Microseconds(costs[0].Microseconds),
            Report.Microseconds(costs[1].Microseconds),
            ratio,
            "3.00",
            Report.Microseconds(costs[0].Processor),
            Report.Bytes(costs[0].Bytes)
        );
        Console.WriteLine();
        Console.WriteLine(
            $"stateless turn {Report.Microseconds(costs[0].Microseconds)}, suspension {Report.Microseconds(costs[1].Microseconds)}, ratio {ratio}"
        );
    }

    private static async Task<Cost> StatelessAsync(int turns)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxCheckoutsPerWorker = int.MaxValue });
        var turn = await pool.TurnAsync(null, new FeedTurn(HostTurns.EndlessCalls), Options);
        return await Rounds.MeasureAsync(
            turns,
            async count =>
            {
                for (; count > 0; count--)
                {
                    turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Return(1)), Options);
                }
            }
        );
    }
}
