using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Interop.Tests.Values;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

public sealed class ValueDecoderTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);

    [Fact]
    public void NoneValue_is_decoded_as_None() => ValueDecoder.Decode([0x12, 0x00]).ShouldBe(MontyValue.None);

    [Fact]
    public void A_value_without_a_kind_is_refused() => Should.Throw<WireFormatException>(() => ValueDecoder.Decode([]));

    [Fact]
    public void Every_value_that_can_be_encoded_is_decoded_unchanged() =>
        Prop.ForAll(
                MontyValueGenerator.Arbitrary,
                value =>
                {
                    if (TryEncode(value) is { } bytes)
                    {
                        ValueDecoder.Decode(bytes).ShouldBe(value);
                    }
                }
            )
            .Check(Thorough);

    [Fact]
    public void Values_that_only_the_runtime_sends_are_decoded()
    {
        ValueDecoder.Decode(new MontyObject { Repr = "<a generator>" }.ToByteArray()).ShouldBe(new MontyRepr("<a generator>"));
        ValueDecoder
            .Decode(
                new MontyObject
                {
                    Cycle = new Cycle { Identity = 7, Placeholder = "[...]" },
                }.ToByteArray()
            )
            .ShouldBe(new MontyCycle(7, "[...]"));
        ValueDecoder
            .Decode(
                new MontyObject
                {
                    Dict = new Dict
                    {
                        Pairs =
                        {
                            new Pair { Key = List(), Value = List() },
                        },
                    },
                }.ToByteArray()
            )
            .ShouldBe(new MontyDict([new(new MontyList([]), new MontyList([]))]));
    }

    [Fact]
    public void Fields_of_a_later_schema_are_skipped()
    {
        byte[] unknown = [0xF8, 0x07, 0x01, 0xF9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xFA, 0x07, 0x02, 1, 2, 0xFD, 0x07, 1, 2, 3, 4];

        ValueDecoder.Decode([.. unknown, 0x28, 0x02, .. unknown]).ShouldBe(new MontyInt(1));
        ValueDecoder.Decode(Wrap(0x5A, [.. unknown, .. Wrap(0x0A, [0x28, 0x02]), .. unknown])).ShouldBe(new MontyList([1]));
    }

    [Fact]
    public void A_hundred_nested_messages_are_decoded_and_more_are_refused()
    {
        ValueDecoder.Decode(Nested(49)).ShouldBeOfType<MontyList>();
        Should.Throw<WireFormatException>(() => ValueDecoder.Decode(Nested(50))).Message.ShouldContain("more than 100 nested messages");
    }

    [Theory]
    [InlineData(new byte[] { 0x28 }, "an unterminated varint")]
    [InlineData(new byte[] { 0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "an unterminated varint")]
    [InlineData(new byte[] { 0x42, 0x05, 0x61 }, "a field that extends past the end of its message")]
    [InlineData(
        new byte[] { 0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61 },
        "a field that extends past the end of its message"
    )]
    [InlineData(new byte[] { 0x39, 0x00 }, "a field that extends past the end of its message")]
    [InlineData(new byte[] { 0x02, 0x00 }, "a field with an invalid number")]
    [InlineData(new byte[] { 0x2B }, "a field with an unknown wire type")]
    [InlineData(new byte[] { 0x2A, 0x00 }, "a field with the wrong wire type")]
    [InlineData(new byte[] { 0x40, 0x00 }, "a field with the wrong wire type")]
    public void Malformed_bytes_are_refused_with_the_reason(byte[] bytes, string expected) =>
        Should.Throw<WireFormatException>(() => ValueDecoder.Decode(bytes)).Message.ShouldBe(expected);

    [Fact]
    public void Damaged_bytes_are_decoded_or_refused()
    {
        var damage =
            from value in MontyValueGenerator.Arbitrary.Generator
            let bytes = TryEncode(value) ?? [0x12, 0x00]
            from at in Gen.Choose(0, bytes.Length - 1)
            from changed in Gen.Choose(0, 255)
            from length in Gen.Choose(0, bytes.Length)
            select (byte[])[.. bytes.AsSpan(0, at), (byte)changed, .. bytes.AsSpan(Math.Min(length, bytes.Length))];

        Prop.ForAll(damage.ToArbitrary(), DecodeOrRefuse).Check(Thorough);

        static void DecodeOrRefuse(byte[] bytes)
        {
            try
            {
                ValueDecoder.Decode(bytes);
            }
            catch (Exception exception) when (exception is WireFormatException or InvalidProtocolBufferException)
            {
                // The bytes were refused. Other exceptions fail the test.
            }
        }
    }

    private static byte[]? TryEncode(MontyValue value)
    {
        try
        {
            return ValueEncoder.Encode(value, 2).ToByteArray();
        }
        catch (ArgumentException)
        {
            return null; // The value cannot be sent.
        }
    }

    private static MontyObject List() => new() { List = new Items() };

    private static byte[] Nested(int lists)
    {
        byte[] body = [0x12, 0x00];
        for (; lists > 0; lists--)
        {
            body = Wrap(0x5A, Wrap(0x0A, body));
        }

        return body;
    }

    private static byte[] Wrap(byte tag, byte[] body)
    {
        using var written = new MemoryStream();
        using var output = new CodedOutputStream(written);
        output.WriteRawTag(tag);
        output.WriteBytes(ByteString.CopyFrom(body));
        output.Flush();
        return written.ToArray();
    }
}
