using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Interop.Tests.Values;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>The estimate of what a frame takes once decoded, against what it then takes.</summary>
public sealed class DecodedSizeTests
{
    private const int Factor = 4;
    private const long Small = 1 << 20;
    private static readonly MontyObject None = new() { NoneValue = new Unit() };

    /// <summary>What a decoder may skip, in encodings that a careless reader takes for something longer.</summary>
    public static TheoryData<string> Skipped =>
        [
            "", // nothing
            "A306A406", // a group, empty
            "A3060801A406", // a group with a field
            "A306AB06AC06A406", // a group in a group
            "A9060000000000000000", // eight bytes of an unknown field
            "AD0600000000", // four bytes
            "A006FFFFFFFFFFFFFFFFFF01", // the longest varint
            "A2060100", // an unknown field with a length
        ];

    [Fact]
    public void The_estimate_is_within_a_factor_of_four_of_what_decoding_takes()
    {
        var compared = 0;
        Prop.ForAll(
                MontyValueGenerator.Arbitrary,
                value =>
                {
                    var frame = new ChildEvent
                    {
                        Complete = new Monty.Interop.Wire.Complete { Value = Repeat(EncodeAnything(value), 1500) },
                    }.ToByteArray();
                    var taken = BytesTakenBy(frame);
                    Should.NotThrow(() => DecodedSize.Check(frame, (taken * Factor) + 1000), $"{frame.Length} bytes that take {taken}");
                    Should.Throw<WireFormatException>(
                        () => DecodedSize.Check(frame, taken / Factor),
                        $"{frame.Length} bytes that take {taken}"
                    );
                    compared++;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));
        compared.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Other_events_are_estimated_as_closely()
    {
        var frames = Enumerable
            .Range(0, 5000)
            .Select(i => new StackFrame
            {
                Filename = "main.py",
                Start = new CodeLoc { Line = 1, Column = 1 },
                End = new CodeLoc { Line = 1, Column = 2 },
                FrameName = "f",
                PreviewLine = "f(1)",
            });
        var fields = new NamedTuple { TypeName = "T" };
        for (var i = 0; i < 20_000; i++)
        {
            fields.FieldNames.Add("a");
            fields.Values.Add(None);
        }

        ChildEvent[] events =
        [
            new()
            {
                Error = new Error
                {
                    Exception = new RaisedException { ExcType = "ValueError", Traceback = { frames } },
                },
            },
            new()
            {
                FunctionCall = new Interop.Wire.FunctionCall
                {
                    FunctionName = "f",
                    Args = { Repeat(None, 20_000) },
                    Kwargs =
                    {
                        new Pair
                        {
                            Key = new MontyObject { Str = "k" },
                            Value = Repeat(None, 20_000),
                        },
                    },
                },
            },
            new()
            {
                OsCall = new Monty.Interop.Wire.OsCall
                {
                    Getenv = new GetEnvironmentVariable { Key = "K", Default = Repeat(None, 20_000).ToByteString() },
                },
            },
            new()
            {
                ResolveFutures = new Interop.Wire.ResolveFutures { PendingCallIds = { Enumerable.Range(0, 16_000).Select(i => (uint)i) } },
            },
            new() { Complete = new Monty.Interop.Wire.Complete { Value = new MontyObject { NamedTuple = fields } } },
            new() { Complete = new Monty.Interop.Wire.Complete { Value = new MontyObject { Str = new string('x', 1_000_000) } } },
            new()
            {
                Complete = new Monty.Interop.Wire.Complete { Value = new MontyObject { Bytes = ByteString.CopyFrom(new byte[1_000_000]) } },
            },
            new()
            {
                Complete = new Monty.Interop.Wire.Complete
                {
                    Value = new MontyObject
                    {
                        Dict = new Dict
                        {
                            Pairs =
                            {
                                Enumerable
                                    .Range(0, 20_000)
                                    .Select(i => new Pair
                                    {
                                        Key = new MontyObject { Int = i },
                                        Value = None,
                                    }),
                            },
                        },
                    },
                },
            },
        ];
        foreach (var one in events)
        {
            var frame = one.ToByteArray();
            var taken = BytesTakenBy(frame);
            Should.NotThrow(() => DecodedSize.Check(frame, taken * Factor), $"{one.KindCase}: {frame.Length} bytes that take {taken}");
            Should.Throw<WireFormatException>(
                () => DecodedSize.Check(frame, taken / Factor),
                $"{one.KindCase}: {frame.Length} bytes that take {taken}"
            );
        }
    }

    [Fact]
    public void Millions_of_small_objects_are_refused_before_anything_is_allocated_for_them()
    {
        foreach (
            var one in new[]
            {
                None,
                new MontyObject { List = new Items() },
                new MontyObject { Int = 1 },
            }
        )
        {
            var frame = ListOf(one, 2_000_000);
            frame.Length.ShouldBeInRange(8_000_000, 8_000_100);
            var before = GC.GetAllocatedBytesForCurrentThread();

            var refusal = Should.Throw<WireFormatException>(() => DecodedSize.Check(frame, 10_000_000));

            refusal.Message.ShouldContain("over the limit of 10000000 (MaxDecodedBytes)");
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        }
    }

    [Theory]
    [MemberData(nameof(Skipped))]
    public void Nothing_before_a_value_hides_it(string skipped)
    {
        byte[] prefix = Convert.FromHexString(skipped);
        byte[] result = [.. prefix, .. new Interop.Wire.Complete { Value = Repeat(None, 100_000) }.ToByteArray()];
        byte[] error =
        [
            .. prefix,
            .. new Error { Exception = new RaisedException { Traceback = { Enumerable.Repeat(new StackFrame(), 50_000) } } }.ToByteArray(),
        ];
        byte[][] frames =
        [
            [.. prefix, .. Wrap(0x32, result)],
            Wrap(0x32, result),
            [.. prefix, .. Wrap(0x3A, error)],
            Wrap(0x3A, error),
            Wrap(0x32, Wrap(0x0A, [.. prefix, .. Repeat(None, 100_000).ToByteArray()])),
        ];

        foreach (var frame in frames)
        {
            AssertBounded(frame, Small);
        }

        WorkerEvent
            .Parse(Wrap(0x3A, error))
            .Read(Error.Parser)
            .Exception.Traceback.Count.ShouldBe(50_000, "this decoder takes it all the same");
        Should.Throw<WireFormatException>(() => DecodedSize.Check(Wrap(0x3A, error), Small));
    }

    [Fact]
    public void Tags_and_lengths_longer_than_they_need_be_hide_nothing()
    {
        var exception = new RaisedException { Traceback = { Enumerable.Repeat(new StackFrame(), 50_000) } }.ToByteArray();
        byte[] length = [.. Wrap(0, exception).AsSpan(1, 3)];
        byte[][] errors =
        [
            [0x8A, 0x80, 0x80, 0x80, 0x00, .. length, .. exception], // the tag 0x0A in five bytes
            [0x8A, 0x80, 0x80, 0x80, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, .. length, .. exception], // with bits that the decoder drops
            [0x0A, .. LongVarint((uint)exception.Length), .. exception],
        ];

        foreach (var error in errors)
        {
            var frame = Wrap(0x3A, error);
            WorkerEvent.Parse(frame).Read(Error.Parser).Exception.Traceback.Count.ShouldBe(50_000, "the decoder takes it");
            Should.Throw<WireFormatException>(() => DecodedSize.Check(frame, Small));
        }

        static byte[] LongVarint(uint value) =>
            [
                (byte)(value | 0x80),
                (byte)((value >> 7) | 0x80),
                (byte)((value >> 14) | 0x80),
                (byte)((value >> 21) | 0x80),
                0x80,
                0x80,
                0x80,
                0x80,
                0x80,
                0x01,
            ];
    }

    [Fact]
    public void Fields_that_nobody_knows_are_not_kept()
    {
        var unknown = new byte[3_000_000];
        for (var at = 0; at < unknown.Length; at += 3)
        {
            (unknown[at], unknown[at + 1], unknown[at + 2]) = ((byte)(0x80 | ((at * 8) % 128)), (byte)(0x10 + (at % 96)), 0);
        }

        byte[][] frames =
        [
            Wrap(0x3A, [.. new Error { Exception = new RaisedException() }.ToByteArray(), .. unknown]),
            Wrap(0x32, Wrap(0x0A, [0x8A, 0x01, .. Wrap(0, unknown)[1..]])),
        ]; // an error, and a date

        foreach (var frame in frames)
        {
            BytesTakenBy(frame).ShouldBeLessThan(frame.Length);
        }
    }

    [Fact]
    public void A_frame_of_any_bytes_passes_or_is_refused_and_throws_nothing_else()
    {
        var frames =
            from value in MontyValueGenerator.Arbitrary.Generator
            from at in Gen.Choose(0, int.MaxValue)
            from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(6)
            from length in Gen.Choose(0, 8)
            select (
                Frame: new ChildEvent
                {
                    Complete = new Monty.Interop.Wire.Complete { Value = Repeat(EncodeAnything(value), 3) },
                }.ToByteArray(),
                at,
                bytes,
                length
            );
        Prop.ForAll(
                frames.ToArbitrary(),
                sample =>
                {
                    var at = sample.at % sample.Frame.Length;
                    byte[] frame =
                    [
                        .. sample.Frame[..at],
                        .. sample.bytes,
                        .. sample.Frame[Math.Min(at + sample.length, sample.Frame.Length)..],
                    ];
                    CheckAndDecode(frame);
                    CheckAndDecode([.. sample.bytes]);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(600));

        static void CheckAndDecode(byte[] frame) => AssertBounded(frame, 20_000);
    }

    [Fact]
    public void Nesting_is_read_once_and_no_deeper_than_it_can_be_decoded()
    {
        byte[] deep = [0x12, 0x00];
        while (deep.Length < 1500)
        {
            deep = Wrap(0x5A, Wrap(0x0A, deep));
        }

        var wide = ListOf(new MontyObject { List = new Items { Items_ = { None, None } } }, 200_000);
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();

        for (var round = 0; round < 5; round++)
        {
            Should.Throw<WireFormatException>(() => DecodedSize.Check(wide, Small));
            Should.NotThrow(() => DecodedSize.Check(Wrap(0x32, Wrap(0x0A, deep)), 20_000));
        }

        System.Diagnostics.Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Monty.Testing.TestTimeouts.Generous);
    }

    /// <summary>The end of a feed with a list of so many times the same.</summary>
    private static byte[] ListOf(MontyObject one, int count)
    {
        var item = Wrap(0x0A, one.ToByteArray());
        var items = new byte[item.Length * count];
        for (var at = 0; at < items.Length; at += item.Length)
        {
            item.CopyTo(items, at);
        }

        return Wrap(0x32, Wrap(0x0A, Wrap(0x5A, items)));
    }

    private static byte[] Wrap(byte tag, byte[] body)
    {
        var frame = new byte[1 + CodedOutputStream.ComputeLengthSize(body.Length) + body.Length];
        using var output = new CodedOutputStream(frame);
        output.WriteRawTag(tag);
        output.WriteLength(body.Length);
        output.Flush();
        body.CopyTo(frame, frame.Length - body.Length);
        return frame;
    }

    /// <summary>What passes with a limit decodes within it, give or take the factor, or is refused by the decoder; nothing else comes of it.</summary>
    private static void AssertBounded(byte[] frame, long limit)
    {
        try
        {
            DecodedSize.Check(frame, limit);
            BytesTakenBy(frame).ShouldBeLessThan((limit * Factor) + 10_000);
        }
        catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException) { }
    }

    private static MontyObject Repeat(MontyObject one, int count)
    {
        var items = new Items();
        items.Items_.Capacity = count;
        for (var i = 0; i < count; i++)
        {
            items.Items_.Add(one);
        }

        return new MontyObject { List = items };
    }

    /// <summary>As the worker would send it; what cannot go in, such as a cycle, comes out as text.</summary>
    private static MontyObject EncodeAnything(MontyValue value)
    {
        try
        {
            return ValueEncoder.Encode(value, 5);
        }
        catch (ArgumentException)
        {
            return new MontyObject { Repr = value.ToString() is { Length: > 0 } text ? text.Replace('\ud800', '?') : "x" };
        }
    }

    private static long BytesTakenBy(byte[] frame)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = ProgressDecoder.Decode(WorkerEvent.Parse(frame), new FeedNames());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
