using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Monty.Actors;
using Monty.Actors.Actors;
using Monty.Actors.Region;
using Monty.Testing.Stores;

namespace Monty.Benchmarks;

/// <summary>Measures a message to a session through its region, compared with a message to a plain actor of Akka.NET, and the memory of a waiting session.</summary>
internal static class ActorsCommand
{
    private const int Messages = 200_000;
    private const int WaitingSessions = 2_000;
    private static readonly SessionId Session = new("acme", "session");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var system = ActorSystem.Create("bench");
        var plain = system.ActorOf(Props.Create(() => new Echo()));
        Func<SessionId, Props> propsOf = static _ => Props.Create(() => new Echo());
        var region = system.ActorOf(Props.Create<SessionRegion>(propsOf));
        var enveloped = new SessionEnvelope(Session, "message");

        Report.Header("region", "plain Akka", "ratio");
        foreach (var inFlight in new[] { 1, 1000 })
        {
            var costs = await Rounds.MediansAsync(
                options.Rounds,
                () => Rounds.MeasureAsync(Messages, n => AskAsync(region, enveloped, inFlight, n)),
                () => Rounds.MeasureAsync(Messages, n => AskAsync(plain, "message", inFlight, n))
            );
            Report.Row(
                $"ask, {inFlight} in flight",
                Report.Microseconds(costs[0].Microseconds),
                Report.Microseconds(costs[1].Microseconds),
                Report.Ratio(costs[0].Microseconds / costs[1].Microseconds)
            );
        }

        Report.Row("a waiting session", Report.Bytes(await WaitingBytesAsync()), "", "");
    }

    private static Task AskAsync(IActorRef actor, object message, int inFlight, int messages) =>
        Task.WhenAll(
            Enumerable
                .Range(0, inFlight)
                .Select(async _ =>
                {
                    for (var i = 0; i < messages / inFlight; i++)
                    {
                        await actor.Ask<string>(message, Timeout.InfiniteTimeSpan);
                    }
                })
        );

    /// <summary>Returns the managed memory of a session that waits for an answer.</summary>
    private static async Task<double> WaitingBytesAsync()
    {
        await using var place = new SqliteTestStore();
        await using var store = await place.OpenAsync();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store, Tools = [DurableTool.External("ask")] }
        );
        await WaitAsync(engine, "warm-up", 100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        await WaitAsync(engine, "measured", WaitingSessions);
        if (Stopwatch.GetElapsedTime(started) > engine.Options.IdleTimeout)
        {
            throw new InvalidOperationException("The machine is too slow: sessions left memory meanwhile.");
        }

        return (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / WaitingSessions;
    }

    private static async Task WaitAsync(MontyEngine engine, string tenant, int sessions)
    {
        for (var i = 0; i < sessions; i++)
        {
            var id = new SessionId(tenant, string.Create(CultureInfo.InvariantCulture, $"s{i}"));
            await engine.SendAsync(id, new OpenCommand("open", new SessionSetup()));
            await engine.SendAsync(id, new FeedCommand("feed", "ask()"));
            await engine.FollowAsync(id).FirstAsync(e => e.Event is CallAnnounced);
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
