using Google.Protobuf;
using Monty.Interop;
using Monty.Interop.Wire;

namespace Monty.Benchmarks;

/// <summary>Measures the overhead of large values, compared with protobuf and one copy in each direction.</summary>
internal static class ValuesCommand
{
    private const int Bytes = 10 * 1024 * 1024;
    private const int Ints = Bytes / 8; // A 31-bit int has 8 bytes in a list: two tags, a length and a varint of 5 bytes.
    private const int TurnsPerRound = 3;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var ints = Enumerable.Range(0, Ints).Select(i => (1L << 30) + (i * 7919L % (1 << 30))).ToArray();
        var bytes = Enumerable.Range(0, Bytes).Select(i => (byte)(i * 31)).ToArray();
        Report.Header("Interop", "protobuf", "ratio", "target", "processor", "allocated");
        await CompareAsync(
            options,
            "10 MB list of ints",
            new MontyList(ints.Select(i => (MontyValue)i).ToEquatableArray()),
            () => PlainList(ints)
        );
        await CompareAsync(options, "10 MB bytes", new MontyBytes(bytes), () => PlainBytes(bytes));
    }

    private static async Task CompareAsync(BenchmarkOptions options, string name, MontyValue value, Action plain)
    {
        var result = new ChildEvent { Complete = new Monty.Interop.Wire.Complete { Value = ValueEncoder.Encode(value, 2) } }.ToByteArray();
        Func<Task<Cost>> protobuf = () => MeasureAsync(plain);
        await RowAsync(options, $"{name}, codec", "2.00", () => MeasureAsync(() => Codec(value, result)), protobuf);
        await RowAsync(options, $"{name}, in and out", "-", () => ThroughWorkerAsync(value), protobuf);
    }

    private static async Task RowAsync(BenchmarkOptions options, string name, string target, Func<Task<Cost>> host, Func<Task<Cost>> plain)
    {
        var costs = await Rounds.MediansAsync(options.Rounds, host, plain);
        Report.Row(
            name,
            Report.Microseconds(costs[0].Microseconds),
            Report.Microseconds(costs[1].Microseconds),
            Report.Ratio(costs[0].Microseconds / costs[1].Microseconds),
            target,
            Report.Microseconds(costs[0].Processor),
            Report.Bytes(costs[0].Bytes)
        );
    }

    private static Task<Cost> MeasureAsync(Action work) =>
        Rounds.MeasureAsync(
            TurnsPerRound,
            count =>
            {
                for (; count > 0; count--)
                {
                    work();
                }

                return Task.CompletedTask;
            }
        );

    /// <summary>Encodes a value to a frame and decodes a frame to a value, like the client.</summary>
    private static void Codec(MontyValue value, byte[] result)
    {
        var outgoing = new SendBuffer();
        outgoing.Add(
            new ParentRequest
            {
                ResumeCall = new ResumeCall { Result = new ExtFunctionResult { ReturnValue = ValueEncoder.Encode(value, 3) } },
            }
        );
        GC.KeepAlive(ProgressDecoder.Decode(WorkerEvent.Parse(result), new FeedNames()));
    }

    private static void PlainList(long[] source)
    {
        var items = new Items();
        items.Items_.Capacity = source.Length;
        foreach (var item in source)
        {
            items.Items_.Add(new MontyObject { Int = item });
        }

        var parsed = MontyObject.Parser.ParseFrom(Copy(new MontyObject { List = items }.ToByteArray())).List.Items_;
        var target = new long[parsed.Count];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = parsed[i].Int;
        }

        GC.KeepAlive(target);
    }

    private static void PlainBytes(byte[] source) =>
        GC.KeepAlive(
            MontyObject
                .Parser.ParseFrom(Copy(new MontyObject { Bytes = UnsafeByteOperations.UnsafeWrap(source) }.ToByteArray()))
                .Bytes.Memory
        );

    private static byte[] Copy(byte[] frame) => frame.AsSpan().ToArray();

    private static async Task<Cost> ThroughWorkerAsync(MontyValue value)
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(HostTurns.Options);
        var feed = new FeedOptions { Inputs = new Dictionary<string, MontyValue>(StringComparer.Ordinal) { ["x"] = value } };
        return await Rounds.MeasureAsync(
            TurnsPerRound,
            async count =>
            {
                for (; count > 0; count--)
                {
                    await session.FeedAsync("x", feed);
                }
            }
        );
    }
}
