using System.Globalization;
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Testing;

namespace Monty.Benchmarks;

/// <summary>Measures durable calls of sessions that keep their worker between calls, compared with sessions that return it.</summary>
internal static class KeptCommand
{
    private const int CallsPerSession = 100;
    private static int sessions;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var folder = new TempFolder();
        Report.Header("kept/s", "returned/s", "ratio", "processor", "processor");
        foreach (
            var (name, open) in ((string, Func<string, Task<SessionStore>>)[])
                [
                    ("memory", _ => Task.FromResult<SessionStore>(new MemoryStore())),
                    ("SQLite", async side => await SqliteStore.OpenAsync(folder.File(side))),
                ]
        )
        {
            await using var kept = await open("kept.db");
            await using var returned = await open("returned.db");
            await using var keeping = await StartAsync(kept, keeps: true);
            await using var returning = await StartAsync(returned, keeps: false);
            foreach (var atOnce in (int[])[1, 32])
            {
                var calls = Math.Max(atOnce * CallsPerSession, options.Turns);
                var costs = await Rounds.MediansAsync(
                    options.Rounds,
                    () => Rounds.MeasureAsync(calls, n => CallAsync(keeping, atOnce, n)),
                    () => Rounds.MeasureAsync(calls, n => CallAsync(returning, atOnce, n))
                );
                Report.Row(
                    $"{name}, {atOnce} sessions",
                    (1e6 / costs[0].Microseconds).ToString("0", CultureInfo.InvariantCulture),
                    (1e6 / costs[1].Microseconds).ToString("0", CultureInfo.InvariantCulture),
                    Report.Ratio(costs[1].Microseconds / costs[0].Microseconds),
                    Report.Microseconds(costs[0].Processor),
                    Report.Microseconds(costs[1].Processor)
                );
            }
        }
    }

    private static Task<MontyEngine> StartAsync(SessionStore store, bool keeps) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.Handled("tool", (call, _) => new(call.Call.Arguments[0]))],
                KeepsWorkers = keeps,
            }
        );

    private static Task CallAsync(MontyEngine engine, int atOnce, int calls) =>
        Task.WhenAll(
            Enumerable
                .Range(0, atOnce)
                .Select(async _ =>
                {
                    for (var i = 0; i < calls / atOnce / CallsPerSession; i++)
                    {
                        var name = string.Create(CultureInfo.InvariantCulture, $"s{Interlocked.Increment(ref sessions)}");
                        await engine.RunAsync(new SessionId("acme", name), $"for i in range({CallsPerSession}): tool(i)");
                    }
                })
        );
}
