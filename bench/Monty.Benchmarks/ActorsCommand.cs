using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Monty.Actors;

namespace Monty.Benchmarks;

/// <summary>Measures the cost of a message in the actor kernel, compared with two loops over channels, and the size of an idle actor.</summary>
internal static class ActorsCommand
{
    private const int Messages = 1_000_000;
    private const int IdleActors = 100_000;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        Report.Header("actors", "channels", "ratio");
        foreach (var inFlight in new[] { 1, 1000 })
        {
            var actors = new List<double>();
            var channels = new List<double>();
            for (var round = 0; round < options.Rounds; round++)
            {
                actors.Add(await PingPongAsync(inFlight));
                channels.Add(await RunChannelsAsync(inFlight));
            }

            var actorRate = Median(actors);
            var channelRate = Median(channels);
            Report.Row($"ping-pong, {inFlight} in flight", Rate(actorRate), Rate(channelRate), Report.Ratio(channelRate / actorRate));
        }

        Report.Row("ask, median", Report.Microseconds(await AskAsync()), "", "");
        Report.Row("an idle actor", Report.Bytes(await MeasureIdleActorAsync()), "", "");
    }

    /// <summary>Returns the messages per second between two actors that send each message back.</summary>
    private static async Task<double> PingPongAsync(int inFlight)
    {
        var one = new Player();
        var other = new Player();
        one.Partner = other;
        other.Partner = one;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < inFlight; i++)
        {
            one.TrySend(Messages / inFlight);
        }

        for (var i = 0; i < inFlight; i++)
        {
            await Task.WhenAny(one.Finished.Reader.ReadAsync().AsTask(), other.Finished.Reader.ReadAsync().AsTask());
        }

        return Messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> RunChannelsAsync(int inFlight)
    {
        var channels = new[] { CreateChannel(), CreateChannel() };
        var finished = Channel.CreateUnbounded<int>();
        var start = Stopwatch.GetTimestamp();
        var loops = channels.Select((c, i) => Task.Run(() => PumpAsync(c, channels[1 - i], finished))).ToList();
        for (var i = 0; i < inFlight; i++)
        {
            channels[0].Writer.TryWrite(Messages / inFlight);
        }

        for (var i = 0; i < inFlight; i++)
        {
            await finished.Reader.ReadAsync();
        }

        var rate = Messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var channel in channels)
        {
            channel.Writer.Complete();
        }

        await Task.WhenAll(loops);
        return rate;
    }

    private static async Task PumpAsync(Channel<int> from, Channel<int> to, Channel<int> finished)
    {
        while (await from.Reader.WaitToReadAsync())
        {
            while (from.Reader.TryRead(out var left))
            {
                if (left == 0)
                {
                    finished.Writer.TryWrite(0);
                }
                else
                {
                    to.Writer.TryWrite(left - 1);
                }
            }
        }
    }

    private static async Task<double> AskAsync()
    {
        var actor = new Answerer();
        var times = new double[20_000];
        for (var i = -times.Length; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var asked = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            actor.TrySend(asked);
            await asked.Task;
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        return Median(times);
    }

    /// <summary>Returns the managed memory of an actor that has handled a message and waits for the next one.</summary>
    private static async Task<double> MeasureIdleActorAsync()
    {
        var actors = new Answerer[IdleActors];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < actors.Length; i++)
        {
            actors[i] = new Answerer();
            var asked = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            actors[i].TrySend(asked);
            await asked.Task;
        }

        await Task.Yield();
        var allocated = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(actors);
        return (double)allocated / IdleActors;
    }

    private static Channel<int> CreateChannel() => Channel.CreateBounded<int>(new BoundedChannelOptions(2048) { SingleReader = true });

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Rate(double perSecond) => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.00} M/s");

    private sealed class Player() : Actor<int>(2048)
    {
        public Player? Partner { get; set; }

        public Channel<int> Finished { get; } = Channel.CreateUnbounded<int>();

        protected override ValueTask ReceiveAsync(int left)
        {
            if (left == 0)
            {
                Finished.Writer.TryWrite(0);
            }
            else
            {
                Partner!.TrySend(left - 1);
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class Answerer() : Actor<TaskCompletionSource<int>>(64)
    {
        protected override ValueTask ReceiveAsync(TaskCompletionSource<int> asked)
        {
            asked.SetResult(1);
            return ValueTask.CompletedTask;
        }
    }
}
