using System.Diagnostics;
using System.Globalization;
using Monty.Actors;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Measures durable calls per second: sessions run in parallel, and each makes 100 calls one after the other.</summary>
/// <remarks>The result can be compared with the same work on other systems.</remarks>
internal static class CallsCommand
{
    private const int CallsPerSession = 100;

    /// <summary>The time after which the JIT has compiled the code with full optimization.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private static readonly string Script = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        total = 0
        for i in range({CallsPerSession}):
            total += tool(i)
        total
        """
    );

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", Stores.Sqlite, Stores.Postgres, Stores.SqlSqlite, Stores.SqlPostgres, Stores.Memory);
        var concurrency = arguments.Number("sessions");
        var work = new PeerWork(
            CallsPerSession,
            concurrency,
            Math.Max(concurrency, arguments.Number("calls", concurrency == 1 ? 1000 : 6400) / CallsPerSession)
        );
        using var folder = new TempFolder();
        await using var server =
            Stores.NeedsServer(store) || arguments.Find("peers") is not null ? await PostgreSqlServer.StartNewAsync() : null;
        await using var counting = new CountingStore(
            await Stores.OpenAsync(store, Stores.NeedsServer(store) ? server!.ConnectionString : folder.File("sessions.db"))
        );

        var (seconds, appends, bytes) = await MeasureAsync(counting, work);
        var rate = work.Calls / seconds;
        if (arguments.Find("peers") is { } peers)
        {
            await Peers.RunAsync(peers, server!.ConnectionString, work, rate);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{store}, {concurrency} sessions at once: {rate:0} calls/s, {seconds * 1000 * concurrency / work.Calls:0.00} ms per call in each session, calls {work.Calls}, appends {appends}, {(double)bytes / work.Calls:0} bytes stored per call"
            )
        );
        return appends >= work.Calls ? 0 : 1;
    }

    private static async Task<Measured> MeasureAsync(CountingStore store, PeerWork work)
    {
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.Handled("tool", (call, _) => new(call.Arguments[0]))] }
        );
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; Stopwatch.GetElapsedTime(start) < WarmUp; round++)
        {
            await RunAsync(
                engine,
                string.Create(CultureInfo.InvariantCulture, $"warm-up-{round}"),
                work with
                {
                    Workflows = work.Concurrency,
                }
            );
        }

        var (changesBefore, bytesBefore) = (store.Changes, store.Bytes);
        var started = Stopwatch.GetTimestamp();
        await RunAsync(engine, "measured", work);
        return new Measured(Stopwatch.GetElapsedTime(started).TotalSeconds, store.Changes - changesBefore, store.Bytes - bytesBefore);
    }

    private sealed record Measured(double Seconds, long Appends, long Bytes);

    private static async Task RunAsync(MontyEngine engine, string tenant, PeerWork work)
    {
        var lastSession = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, work.Concurrency)
                .Select(async _ =>
                {
                    for (var i = Interlocked.Increment(ref lastSession); i <= work.Workflows; i = Interlocked.Increment(ref lastSession))
                    {
                        var outcome = await engine.RunAsync(
                            new SessionId(tenant, string.Create(CultureInfo.InvariantCulture, $"s{i}")),
                            Script,
                            "feed"
                        );
                        if (outcome != new FeedOutcome.Completed(CallsPerSession * (CallsPerSession - 1) / 2))
                        {
                            throw new InvalidOperationException($"A session ended with {outcome}.");
                        }
                    }
                })
        );
    }
}
