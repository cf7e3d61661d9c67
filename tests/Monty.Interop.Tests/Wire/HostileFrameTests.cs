using System.Diagnostics;
using Google.Protobuf;
using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Frames that no runtime writes: protobuf merges a message that is given twice, and copies what the first held each time.</summary>
public sealed class HostileFrameTests
{
    private const int Times = 500_000;

    [Fact]
    public void Exceptions_given_many_times_are_refused_instead_of_merged()
    {
        byte[] frames = [.. Enumerable.Repeat((byte[])[0x1A, 0x00], 100_000).SelectMany(f => f)];
        byte[] error = [.. Field(0x0A, frames), .. Empty(0x0A)];

        AssertQuick(() =>
            Should.Throw<WireFormatException>(() => ProgressDecoder.Decode(WorkerEvent.Parse(Field(0x3A, error)), new FeedNames()))
        );
    }

    [Fact]
    public void Defaults_of_getenv_given_many_times_are_not_merged()
    {
        byte[] nones = [.. Enumerable.Repeat((byte[])[0x0A, 0x02, 0x12, 0x00], 100_000).SelectMany(n => n)];
        byte[] value = [.. Field(0x5A, nones), .. Empty(0x5A)];
        byte[] getenv = [0xAA, .. Field(0x01, Field(0x12, value))]; // the tag of field 21 takes two bytes

        AssertQuick(() =>
            ProgressDecoder.Decode(WorkerEvent.Parse(Field(0x1A, getenv)), new FeedNames()).ShouldBeOfType<Monty.Interop.MontyOsCall>()
        );
    }

    [Fact]
    public void A_future_that_is_awaited_twice_at_once_is_refused()
    {
        var frame = new ChildEvent
        {
            ResolveFutures = new Monty.Interop.Wire.ResolveFutures { PendingCallIds = { 1, 2, 1 } },
        }.ToByteArray();

        Should.Throw<WireFormatException>(() => ProgressDecoder.Decode(WorkerEvent.Parse(frame), new FeedNames()));
    }

    private static IEnumerable<byte> Empty(byte tag) => Enumerable.Repeat((byte[])[tag, 0x00], Times).SelectMany(f => f);

    private static void AssertQuick(Action decode)
    {
        var begun = Stopwatch.GetTimestamp();

        decode();

        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    /// <summary>A length-delimited field.</summary>
    private static byte[] Field(byte tag, byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteRawTag(tag);
            output.WriteLength(body.Length);
        }

        bytes.Write(body);
        return bytes.ToArray();
    }
}
