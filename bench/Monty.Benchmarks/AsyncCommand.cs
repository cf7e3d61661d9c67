using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Measures the cost of defining asynchronous tools as coroutine functions in the session.</summary>
/// <remarks>A call is compared with a plain future, and a session that defines tools with a session that does not.</remarks>
internal static class AsyncCommand
{
    private const string EndlessCalls = "async def ask():\n    while True:\n        await tool()\nawait ask()";
    private static readonly FeedOptions Defined = new() { Tools = [MontyTool.Async("tool", (_, _) => new(1))] };
    private static readonly FeedOptions Plain = new() { Tools = [MontyTool.Sync("tool", _ => 1)] };

    public static async Task RunAsync(BenchmarkOptions options)
    {
        Report.Header("defined", "plain", "ratio", "", "processor", "allocated");
        await CompareAsync(
            options,
            "call and future, by hand",
            () => FuturesAsync(Defined, options.Turns),
            () => FuturesAsync(new FeedOptions(), options.Turns)
        );
        await CompareAsync(
            options,
            "call of a tool that never waits",
            () => ToolAsync(options.Turns),
            () => HostTurns.ToolAsync(options.Turns)
        );
        await CompareAsync(
            options,
            "fresh session, one tool",
            () => FreshAsync("tool", Defined, options.Turns),
            () => FreshAsync("tool", Plain, options.Turns)
        );
        await CompareAsync(
            options,
            "fresh session, 10 tools",
            () => FreshAsync(Names(10), Many(isAsync: true), options.Turns / 4),
            () => FreshAsync(Names(10), Many(isAsync: false), options.Turns / 4)
        );
        await CompareAsync(
            options,
            "fresh session, 1 of 500 tools",
            () => FreshAsync(Names(1), Many(isAsync: true), options.Turns / 4),
            () => FreshAsync(Names(1), Many(isAsync: false), options.Turns / 4)
        );
    }

    private static async Task CompareAsync(BenchmarkOptions options, string name, Func<Task<Cost>> defined, Func<Task<Cost>> plain)
    {
        await defined(); // The first run warms up the JIT.
        await plain();
        var costs = await Rounds.MediansAsync(options.Rounds, defined, plain);
        Report.Row(
            name,
            Report.Microseconds(costs[0].Microseconds),
            Report.Microseconds(costs[1].Microseconds),
            Report.Ratio(costs[0].Microseconds / costs[1].Microseconds),
            "",
            Report.Microseconds(costs[0].Processor),
            Report.Bytes(costs[0].Bytes)
        );
    }

    /// <summary>Answers each call with a future, and then resolves the future with 1. This takes two turns.</summary>
    private static async Task<Cost> FuturesAsync(FeedOptions feed, int calls)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(HostTurns.Options);
        var progress = await session.StartAsync(EndlessCalls, feed);
        return await Rounds.MeasureAsync(
            calls,
            async count =>
            {
                for (; count > 0; count--)
                {
                    var waiting = (MontyResolveFutures)await session.AnswerAsync((MontyFunctionCall)progress, MontyAnswer.Future);
                    progress = await session.AnswerAsync(
                        waiting,
                        MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [waiting.PendingCallIds[0]] = MontyAnswer.Return(1) })
                    );
                }
            }
        );
    }

    private static async Task<Cost> ToolAsync(int turns)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(HostTurns.Options);
        return await Rounds.MeasureAsync(
            turns,
            async count => await session.FeedAsync($"for _ in range({count}):\n    await tool()", Defined)
        );
    }

    /// <summary>Opens sessions with one feed, which names the tools only in a comment, so that both sides run the same code.</summary>
    private static async Task<Cost> FreshAsync(string names, FeedOptions feed, int turns)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxCheckoutsPerWorker = int.MaxValue });
        return await Rounds.MeasureAsync(
            turns,
            async count =>
            {
                for (; count > 0; count--)
                {
                    using var session = await pool.OpenSessionAsync(HostTurns.Options);
                    await session.FeedAsync($"1+1 # {names}", feed);
                }
            }
        );
    }

    private static string Names(int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"tool_{i}"));

    private static FeedOptions Many(bool isAsync) =>
        new()
        {
            Tools = new MontyToolSet(
                Enumerable
                    .Range(0, 500)
                    .Select(i => isAsync ? MontyTool.Async($"tool_{i}", (_, _) => new(1)) : MontyTool.Sync($"tool_{i}", _ => 1))
            ),
        };
}
