using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

public sealed class FramingTests
{
    private const int SmallLimit = 1000;

    [Fact]
    public void Frames_that_arrive_in_any_chunks_are_parsed_to_the_same_bodies() =>
        Prop.ForAll(
                Arb.From(Bodies),
                Arb.From(Gen.NonEmptyListOf(Gen.Choose(1, 70_000))),
                (bodies, chunks) =>
                {
                    var stream = bodies.SelectMany(CreateFrame).ToArray();
                    var buffer = new ReceiveBuffer();
                    var parsed = new List<byte[]>();
                    var sent = 0;
                    var turn = 0;
                    while (true)
                    {
                        var taken = FrameParser.TryParse(buffer.Unread.Span, FrameParser.MaxBodyBytes, out var body);
                        if (taken > 0)
                        {
                            parsed.Add(body.ToArray());
                            buffer.Consume(taken);
                            continue;
                        }

                        if (sent == stream.Length)
                        {
                            break;
                        }

                        var room = buffer.GetRoom(-taken);
                        var count = Math.Min(Math.Min(room.Length, chunks[turn++ % chunks.Count]), stream.Length - sent);
                        stream.AsSpan(sent, count).CopyTo(room);
                        buffer.Received(count);
                        sent += count;
                    }

                    return parsed.Zip(bodies).All(p => p.First.AsSpan().SequenceEqual(p.Second))
                        && parsed.Count == bodies.Length
                        && buffer.Unread.IsEmpty;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Parsing_the_beginning_of_a_frame_returns_the_number_of_bytes_that_are_needed() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, 300).SelectMany(Bytes)),
                Arb.From(Gen.Choose(0, 303)),
                (body, cut) =>
                {
                    var frame = CreateFrame(body);
                    if (cut >= frame.Length)
                    {
                        return true;
                    }

                    var needed = -FrameParser.TryParse(frame.AsSpan(0, cut), SmallLimit, out var partial);
                    return needed == (cut < FrameParser.PrefixBytes ? FrameParser.PrefixBytes : frame.Length) && partial.IsEmpty;
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(SmallLimit, true)]
    [InlineData(SmallLimit + 1, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MinValue, false)]
    [InlineData(-1, false)]
    public void A_body_of_exactly_the_maximum_size_is_accepted(int length, bool accepted)
    {
        var prefix = BitConverter.GetBytes(length);

        if (accepted)
        {
            FrameParser.TryParse(prefix, SmallLimit, out _).ShouldBe(-(FrameParser.PrefixBytes + length));
        }
        else
        {
            Should
                .Throw<WireFormatException>(() => FrameParser.TryParse(prefix, SmallLimit, out _))
                .Message.ShouldContain(((uint)length).ToString());
        }
    }

    [Fact]
    public void Parsing_a_prefix_allocates_nothing()
    {
        var prefix = BitConverter.GetBytes(FrameParser.MaxBodyBytes);
        FrameParser.TryParse(prefix, FrameParser.MaxBodyBytes, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            FrameParser.TryParse(prefix, FrameParser.MaxBodyBytes, out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void The_receive_buffer_grows_with_the_bytes_that_arrive_and_not_with_the_announced_length()
    {
        var buffer = new ReceiveBuffer();
        var received = 0;
        for (var i = 0; i < 200; i++)
        {
            var room = buffer.GetRoom(FrameParser.PrefixBytes + FrameParser.MaxBodyBytes);
            (received + room.Length).ShouldBeLessThanOrEqualTo(Math.Max(64 * 1024, 4 * received));
            var count = Math.Min(room.Length, 3000);
            buffer.Received(count);
            received += count;
        }
    }

    [Fact]
    public void The_receive_buffer_releases_the_memory_of_a_large_frame()
    {
        var buffer = new ReceiveBuffer();
        for (var received = 0; received < 1 << 20; )
        {
            var count = buffer.GetRoom(1 << 20).Length;
            buffer.Received(count);
            received += count;
        }

        buffer.Consume(buffer.Unread.Length);

        buffer.GetRoom(FrameParser.PrefixBytes).Length.ShouldBe(64 * 1024);
    }

    [Fact]
    public void Requests_are_framed_in_order_when_they_are_written_in_any_chunks() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, 9000).ListOf(4)),
                Arb.From(Gen.Choose(1, 20_000)),
                (sizes, step) =>
                {
                    var requests = sizes.Select(size => new ParentRequest { Feed = new Feed { Code = new string('x', size) } }).ToArray();
                    var buffer = new SendBuffer();
                    foreach (var request in requests)
                    {
                        buffer.Add(request);
                    }

                    var written = new List<byte>();
                    while (!buffer.IsEmpty)
                    {
                        var slice = buffer.Unsent[..Math.Min(step, buffer.Unsent.Length)];
                        written.AddRange(slice);
                        buffer.Sent(slice.Length);
                    }

                    return written.SequenceEqual(requests.SelectMany(r => CreateFrame(r.ToByteArray())));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_request_over_the_frame_limit_is_refused_and_leaves_the_buffer_unchanged()
    {
        var huge = new ParentRequest
        {
            Load = new Load { State = UnsafeByteOperations.UnsafeWrap(GC.AllocateUninitializedArray<byte>(FrameParser.MaxBodyBytes)) },
        };

        AssertRefused(huge);
    }

    /// <summary>Protobuf computes the size of a message in 32 bits, so 9 times 256 MiB overflows to a negative size, and 16 times 256 MiB to zero.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(16)]
    public void A_request_whose_size_overflows_is_refused(int times)
    {
        var part = new MontyObject { Bytes = UnsafeByteOperations.UnsafeWrap(new byte[FrameParser.MaxBodyBytes]) };
        var items = new Items();
        items.Items_.AddRange(Enumerable.Repeat(part, times));

        AssertRefused(
            new ParentRequest
            {
                Feed = new Feed
                {
                    Code = "x",
                    Inputs =
                    {
                        new NamedValue
                        {
                            Name = "x",
                            Value = new MontyObject { List = items },
                        },
                    },
                },
            }
        );
    }

    private static void AssertRefused(ParentRequest huge)
    {
        var buffer = new SendBuffer();
        buffer.Add(new ParentRequest { Reset = new Unit() });
        var before = buffer.Unsent.ToArray();

        Should.Throw<MontySizeException>(() => buffer.Add(huge)).Message.ShouldContain("Send the data in smaller pieces");

        buffer.Unsent.ToArray().ShouldBe(before);
    }

    private static Gen<byte[][]> Bodies =>
        Gen.Frequency((8, Gen.Choose(0, 40)), (1, Gen.Choose(60_000, 70_000)), (1, Gen.Choose(0, 150_000))).SelectMany(Bytes).ArrayOf();

    private static Gen<byte[]> Bytes(int count) =>
        Gen.Choose(0, int.MaxValue)
            .Select(seed =>
            {
                var bytes = new byte[count];
                new Random(seed).NextBytes(bytes);
                return bytes;
            });

    private static byte[] CreateFrame(byte[] body) => [.. BitConverter.GetBytes((uint)body.Length), .. body];
}
