using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>The turns of the C loop, driven through Monty.Interop as a user would. Each run has a worker of its own, as the loop has.</summary>
internal static class HostTurns
{
    /// <summary>Without end, so that one feed gives as many suspensions as a round needs.</summary>
    public const string EndlessCalls = "def ask():\n    while True:\n        tool()\nask()";

    /// <summary>The same with the arguments of the C loop's mode <c>args</c>.</summary>
    public const string EndlessCallsWithArguments =
        "text = 'x' * 10240\ndef ask():\n    while True:\n        tool(1, 2.5, True, None, 'name', [1, 2, 3], {'key': 'value'}, text)\nask()";

    public static SessionOptions Options { get; } = new() { Limits = MontyLimits.None };

    /// <summary>Answers a function call with 1, which leads to the next one.</summary>
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

    /// <summary>The same, answered by a registered tool.</summary>
    public static async Task<Cost> ToolAsync(int turns)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(Options);
        var feed = new FeedOptions { Tools = [MontyTool.Sync("tool", _ => 1)] };
        return await Rounds.MeasureAsync(turns, async count => await session.FeedAsync($"for _ in range({count}):\n    tool()", feed));
    }

    /// <summary>Opens a session on a warm pool, feeds <c>1+1</c>, takes the result, and gives the worker back.</summary>
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
