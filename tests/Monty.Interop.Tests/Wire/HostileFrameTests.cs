using System.Diagnostics;
using Google.Protobuf;
using Monty.Interop.Wire;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Frames that no real runtime sends. Protobuf merges a message that occurs repeatedly, and copies the content of the first occurrence each time.</summary>
public sealed class HostileFrameTests
{
    private const int Times = 500_000;

    [Fact]
    public void Repeated_exceptions_are_refused_instead_of_merged()
    {
        byte[] frames = [.. Enumerable.Repeat((byte[])[0x1A, 0x00], 100_000).SelectMany(f => f)];
        byte[] error = [.. Field(0x0A, frames), .. EmptyFields(0x0A)];

        ShouldBeQuick(() =>
            Should.Throw<WireFormatException>(() => ProgressDecoder.Decode(WorkerEvent.Parse(Field(0x3A, error)), new FeedNames()))
        );
    }

    [Fact]
    public void Repeated_values_in_the_default_of_getenv_are_not_merged()
    {
        byte[] nones = [.. Enumerable.Repeat((byte[])[0x0A, 0x02, 0x12, 0x00], 100_000).SelectMany(n => n)];
        byte[] value = [.. Field(0x5A, nones), .. EmptyFields(0x5A)];
        byte[] getenv = [0xAA, .. Field(0x01, Field(0x12, value))]; // the tag of field 21 takes two bytes

        ShouldBeQuick(() =>
            ProgressDecoder.Decode(WorkerEvent.Parse(Field(0x1A, getenv)), new FeedNames()).ShouldBeOfType<Monty.Interop.MontyOsCall>()
        );
    }

    [Fact]
    public void A_list_of_pending_futures_with_a_duplicate_is_refused()
    {
        var frame = new ChildEvent
        {
            ResolveFutures = new Monty.Interop.Wire.ResolveFutures { PendingCallIds = { 1, 2, 1 } },
        }.ToByteArray();

        Should.Throw<WireFormatException>(() => ProgressDecoder.Decode(WorkerEvent.Parse(frame), new FeedNames()));
    }

    private static IEnumerable<byte> EmptyFields(byte tag) => Enumerable.Repeat((byte[])[tag, 0x00], Times).SelectMany(f => f);

    private static void ShouldBeQuick(Action decode)
    {
        var startedAt = Stopwatch.GetTimestamp();

        decode();

        Stopwatch.GetElapsedTime(startedAt).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    /// <summary>Encodes a length-delimited field.</summary>
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
