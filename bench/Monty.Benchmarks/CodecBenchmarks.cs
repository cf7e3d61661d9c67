using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Monty.Interop;
using Monty.Interop.Wire;

namespace Monty.Benchmarks;

/// <summary>Measures the codecs of a turn: decoding an event and encoding an answer.</summary>
public class CodecBenchmarks
{
    private readonly FeedNames names = new();
    private readonly SendBuffer outgoing = new();
    private byte[] frame = [];
    private MontySuspension suspension = null!;

    /// <summary>The number of arguments. One of 8 arguments is a str of 10 KB.</summary>
    [Params(0, 8)]
    public int Arguments { get; set; }

    /// <summary>Creates the event that a worker would send.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        MontyValue[] all =
        [
            1,
            2.5,
            true,
            MontyValue.None,
            "name",
            new MontyList([1, 2, 3]),
            new MontyDict([new("key", "value")]),
            new string('x', 10240),
        ];
        var call = new Monty.Interop.Wire.FunctionCall { FunctionName = "tool", CallId = 1000 };
        call.Args.AddRange(all.Take(Arguments).Select(a => ValueEncoder.Encode(a, 2)));
        var body = new ChildEvent { FunctionCall = call, TotalExecutionMicros = 12_345 }.ToByteArray();
        frame = [.. BitConverter.GetBytes(body.Length), .. body];
        suspension = (MontySuspension)Event();
    }

    /// <summary>Decodes a frame to a suspension.</summary>
    [Benchmark]
    public MontyProgress Event()
    {
        var taken = FrameParser.TryParse(frame, FrameParser.MaxBodyBytes, out _);
        return ProgressDecoder.Decode(WorkerEvent.Parse(frame.AsMemory(FrameParser.PrefixBytes..taken)), names);
    }

    /// <summary>Encodes an answer to a frame.</summary>
    [Benchmark]
    public int Answer()
    {
        outgoing.Add(AnswerEncoder.Encode(suspension, MontyAnswer.Return(1)));
        var bytes = outgoing.Unsent.Length;
        outgoing.Sent(bytes);
        return bytes;
    }
}
