using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Runs the turns of the C baseline through the public API of Monty.Interop. Each run has its own worker, like the baseline.</summary>
internal static class HostTurns
{
    /// <summary>A script that calls a tool in an endless loop, so that one feed has as many suspensions as needed.</summary>
    public const string EndlessCalls = "def ask():\n    while True:\n        tool()\nask()";

    /// <summary>A script that calls a tool with the arguments of the baseline's mode <c>args</c> in an endless loop.</summary>
    public const string EndlessCallsWithArguments =
        "text = 'x' * 10240\ndef ask():\n    while True:\n        tool(1, 2.5, True, None, 'name', [1, 2, 3], {'key': 'value'}, text)\nask()";

    public static SessionOptions Options { get; } = new() { Limits = MontyLimits.None };

    /// <summary>Answers each function call with 1, which continues the script to the next call.</summary>
    public static async Task<Cost> SuspendAsync(string code, int turns)
    {
        using var pool = new MontyPool();
        return await SuspendAsync(pool, code, turns);
    }

    public static async Task<Cost> SuspendAsync(MontyPool pool, string code, int turns)
    {
        using var session = await pool.OpenSessionAsync(Options);
        var progress = await session.StartAsync(code);
        return await Rounds.MeasureAsync(
            turns,
            async count =>
            {
                for (; count > 0; count--)
                {
                    progress = await session.AnswerAsync((MontyFunctionCall)progress, MontyAnswer.Return(1));
                }
            }
        );
    }

    /// <summary>Answers each function call with a registered tool.</summary>
    public static async Task<Cost> ToolAsync(int turns)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(Options);
        var feed = new FeedOptions { Tools = [MontyTool.Sync("tool", _ => 1)] };
        return await Rounds.MeasureAsync(turns, async count => await session.FeedAsync($"for _ in range({count}):\n    tool()", feed));
    }

    /// <summary>Opens a session on a warm pool, feeds <c>1+1</c>, reads the result, and returns the worker.</summary>
    public static async Task<Cost> OneShotAsync(int turns)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxCheckoutsPerWorker = int.MaxValue });
        return await Rounds.MeasureAsync(
            turns,
            async count =>
            {
                for (; count > 0; count--)
                {
                    using var session = await pool.OpenSessionAsync(Options);
                    await session.FeedAsync("1+1");
                }
            }
        );
    }
}
