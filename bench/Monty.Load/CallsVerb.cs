using System.Diagnostics;
using System.Globalization;
using Monty.Actors;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Durable calls a second: sessions of 100 calls, one call after the other, so many sessions at once; beside them the same work of other systems.</summary>
internal static class CallsVerb
{
    private const int CallsPerSession = 100;

    /// <summary>Until code that runs for days is compiled for good.</summary>
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
        var store = arguments.OneOf("store", Stores.Sqlite, Stores.Postgres, Stores.Memory);
        var atOnce = arguments.Number("sessions");
        var work = new PeerWork(
            CallsPerSession,
            atOnce,
            Math.Max(atOnce, arguments.Number("calls", atOnce == 1 ? 1000 : 6400) / CallsPerSession)
        );
        using var folder = new TempFolder();
        await using var server =
            store == Stores.Postgres || arguments.Find("peers") is not null ? await PostgreSqlServer.StartNewAsync() : null;
        await using var counting = new CountingStore(
            await Stores.OpenAsync(store, store == Stores.Postgres ? server!.ConnectionString : folder.File("sessions.db"))
        );

        var (seconds, appends) = await MeasureAsync(counting, work);
        var rate = work.Calls / seconds;
        if (arguments.Find("peers") is { } peers)
        {
            await Peers.RunAsync(peers, server!.ConnectionString, work, rate);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{store}, {atOnce} sessions at once: {rate:0} calls/s, {seconds * 1000 * atOnce / work.Calls:0.00} ms a call in each session, calls {work.Calls}, appends {appends}"
            )
        );
        return appends >= work.Calls ? 0 : 1;
    }

    private static async Task<(double Seconds, long Appends)> MeasureAsync(CountingStore store, PeerWork work)
    {
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.Handled("tool", (call, _) => new(call.Arguments[0]))] }
        );
        var begun = Stopwatch.GetTimestamp();
        for (var round = 0; Stopwatch.GetElapsedTime(begun) < WarmUp; round++)
        {
            await RunAsync(engine, string.Create(CultureInfo.InvariantCulture, $"warm-up-{round}"), work with { Workflows = work.AtOnce });
        }

        var (before, started) = (store.Changes, Stopwatch.GetTimestamp());
        await RunAsync(engine, "measured", work);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, store.Changes - before);
    }

    private static async Task RunAsync(MontyEngine engine, string tenant, PeerWork work)
    {
        var begun = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, work.AtOnce)
                .Select(async _ =>
                {
                    for (var i = Interlocked.Increment(ref begun); i <= work.Workflows; i = Interlocked.Increment(ref begun))
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
