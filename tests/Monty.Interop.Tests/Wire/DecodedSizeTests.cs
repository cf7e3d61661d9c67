using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Interop.Tests.Values;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Compares the estimated memory of a frame's values with the memory that decoding really takes.</summary>
public sealed class DecodedSizeTests
{
    private const int Factor = 4;
    private const long Small = 1 << 20;
    private static readonly MontyObject None = new() { NoneValue = new Unit() };

    /// <summary>Bytes that a decoder skips, in encodings whose length an incorrect reader could get wrong.</summary>
    public static TheoryData<string> SkippedBytes =>
        [
            "", // nothing
            "A306A406", // an empty group
            "A3060801A406", // a group with a field
            "A306AB06AC06A406", // a group in a group
            "A9060000000000000000", // an unknown field of eight bytes
            "AD0600000000", // an unknown field of four bytes
            "A006FFFFFFFFFFFFFFFFFF01", // the longest varint
            "A2060100", // an unknown length-delimited field
        ];

    [Fact]
    public void The_estimate_is_within_a_factor_of_four_of_the_memory_that_decoding_takes()
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
    public void Other_events_are_estimated_within_the_same_factor()
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
        foreach (var childEvent in events)
        {
            var frame = childEvent.ToByteArray();
            var taken = BytesTakenBy(frame);
            Should.NotThrow(
                () => DecodedSize.Check(frame, taken * Factor),
                $"{childEvent.KindCase}: {frame.Length} bytes that take {taken}"
            );
            Should.Throw<WireFormatException>(
                () => DecodedSize.Check(frame, taken / Factor),
                $"{childEvent.KindCase}: {frame.Length} bytes that take {taken}"
            );
        }
    }

    [Fact]
    public void Millions_of_small_objects_are_refused_before_anything_is_allocated_for_them()
    {
        foreach (
            var item in new[]
            {
                None,
                new MontyObject { List = new Items() },
                new MontyObject { Int = 1 },
            }
        )
        {
            var frame = ListOf(item, 2_000_000);
            frame.Length.ShouldBeInRange(8_000_000, 8_000_100);
            var before = GC.GetAllocatedBytesForCurrentThread();

            var refusal = Should.Throw<WireFormatException>(() => DecodedSize.Check(frame, 10_000_000));

            refusal.Message.ShouldContain("over the limit of 10000000 (MaxDecodedBytes)");
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        }
    }

    [Theory]
    [MemberData(nameof(SkippedBytes))]
    public void Skipped_bytes_before_a_value_do_not_hide_the_value(string skipped)
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
            .Exception.Traceback.Count.ShouldBe(50_000, "this decoder accepts the frame");
        Should.Throw<WireFormatException>(() => DecodedSize.Check(Wrap(0x3A, error), Small));
    }

    [Fact]
    public void Tags_and_lengths_in_overlong_encodings_do_not_hide_a_value()
    {
        var exception = new RaisedException { Traceback = { Enumerable.Repeat(new StackFrame(), 50_000) } }.ToByteArray();
        byte[] length = [.. Wrap(0, exception).AsSpan(1, 3)];
        byte[][] errors =
        [
            [0x8A, 0x80, 0x80, 0x80, 0x00, .. length, .. exception], // the tag 0x0A in five bytes
            [0x8A, 0x80, 0x80, 0x80, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, .. length, .. exception], // the same tag with upper bits, which the decoder ignores
            [0x0A, .. LongVarint((uint)exception.Length), .. exception],
        ];

        foreach (var error in errors)
        {
            var frame = Wrap(0x3A, error);
            WorkerEvent.Parse(frame).Read(Error.Parser).Exception.Traceback.Count.ShouldBe(50_000, "the decoder accepts the frame");
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
    public void Unknown_fields_are_not_kept_in_memory()
    {
        var unknown = new byte[3_000_000];
        for (var at = 0; at < unknown.Length; at += 3)
        {
            unknown[at] = (byte)(0x80 | ((at * 8) % 128));
            unknown[at + 1] = (byte)(0x10 + (at % 96));
            unknown[at + 2] = 0;
        }

        byte[][] frames =
        [
            Wrap(0x3A, [.. new Error { Exception = new RaisedException() }.ToByteArray(), .. unknown]), // an error
            Wrap(0x32, Wrap(0x0A, [0x8A, 0x01, .. Wrap(0, unknown)[1..]])), // a date
        ];

        foreach (var frame in frames)
        {
            BytesTakenBy(frame).ShouldBeLessThan(frame.Length);
        }
    }

    [Fact]
    public void A_frame_with_any_bytes_is_decoded_or_throws_a_documented_exception()
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
    public void Measuring_reads_each_level_once_and_stops_at_the_depth_that_can_be_decoded()
    {
        byte[] deep = [0x12, 0x00];
        while (deep.Length < 1500)
        {
            deep = Wrap(0x5A, Wrap(0x0A, deep));
        }

        var wide = ListOf(new MontyObject { List = new Items { Items_ = { None, None } } }, 200_000);
        var startedAt = System.Diagnostics.Stopwatch.GetTimestamp();

        for (var round = 0; round < 5; round++)
        {
            Should.Throw<WireFormatException>(() => DecodedSize.Check(wide, Small));
            Should.NotThrow(() => DecodedSize.Check(Wrap(0x32, Wrap(0x0A, deep)), 20_000));
        }

        System.Diagnostics.Stopwatch.GetElapsedTime(startedAt).ShouldBeLessThan(Monty.Testing.TestTimeouts.Generous);
    }

    /// <summary>Returns a frame that completes a feed with a list that contains the same value many times.</summary>
    private static byte[] ListOf(MontyObject value, int count)
    {
        var item = Wrap(0x0A, value.ToByteArray());
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

    /// <summary>Checks that a frame is refused, or is decoded within the limit times <see cref="Factor"/>. No other exception may be thrown.</summary>
    private static void AssertBounded(byte[] frame, long limit)
    {
        try
        {
            DecodedSize.Check(frame, limit);
            BytesTakenBy(frame).ShouldBeLessThan((limit * Factor) + 10_000);
        }
        catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException) { }
    }

    private static MontyObject Repeat(MontyObject value, int count)
    {
        var items = new Items();
        items.Items_.Capacity = count;
        for (var i = 0; i < count; i++)
        {
            items.Items_.Add(value);
        }

        return new MontyObject { List = items };
    }

    /// <summary>Encodes a value like the worker would. Values that the client cannot encode, such as a cycle, are replaced by their text.</summary>
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
