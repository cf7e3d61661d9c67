using System.Buffers;
using System.Text.Json;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>A value that is too large for JSON is refused before any JSON is built.</summary>
[Collection(LargeValues.Name)]
public sealed class LargeJsonTests : LargeValueTest
{
    [Fact]
    public async Task A_result_of_170_million_characters_is_refused_as_JSON()
    {
        using var pool = new MontyPool();
        var value = (await pool.RunAsync("'x' * 170_000_000").InTime()).Value;

        var refused = Allocations.OfRefusal(() => MontyJson.Serialize(new MontyDict([new("a", new MontyList([1, value]))])));

        (refused.Size, refused.Limit).ShouldBe((170_000_000, MontyJson.MaxTextLength));
        refused.Message.ShouldBe(
            "The JSON cannot be written: the text at $.a[1] takes 170000000 characters, and the limit is 166666666. Split it, for example into a list of parts, or send it as bytes."
        );
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused_in_every_place()
    {
        var text = new string('x', MontyJson.MaxTextLength + 1);
        MontyValue[] values =
        [
            text,
            new MontyDict([new(text, 1)]),
            new MontyNamedTuple("P", [new(text, 1)]),
            new MontyNamedTuple(text, []),
            new MontyPath(text),
            new MontyExceptionObject("ValueError", text),
            new MontyInt(System.Numerics.BigInteger.One << (4 * MontyJson.MaxTextLength)),
        ];

        foreach (var value in values)
        {
            Allocations
                .OfRefusal(() => MontyJson.Serialize(value), value is MontyInt ? 100_000_000 : Allocations.Small)
                .Size.ShouldBeGreaterThan(MontyJson.MaxTextLength);
        }
    }

    [Fact]
    public void Texts_that_are_too_long_together_are_refused()
    {
        var text = new string('\u0001', 100_000_000);

        var refused = Allocations.OfRefusal(() => MontyJson.Serialize(new MontyList([text, text])));

        (refused.Size, refused.Limit).ShouldBe((1_200_000_007, MontyJson.MaxBytes));
        refused.Message.ShouldBe(
            "The JSON of the list takes 1200000007 bytes, and the limit is 1073741791. Write it in parts, for example item by item, or let the script return less."
        );
    }

    [Fact]
    public void The_longest_text_is_counted_exactly_with_any_escapes()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        MontyJson.Measure(Text('\u2028')).ShouldBe((6L * MontyJson.MaxTextLength) + 2);
        MontyJson.Measure(Text('日')).ShouldBe((3L * MontyJson.MaxTextLength) + 2);

        // This is one text at a time. Written in one piece, the JSON writer would allocate six times the length of the text.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((4L * MontyJson.MaxTextLength) + Allocations.Small);

        static MontyValue Text(char character) => new string(character, MontyJson.MaxTextLength);
    }

    [Fact]
    public void Nothing_of_a_refused_value_is_written_to_the_writer()
    {
        MontyValue value = new MontyList(["small", new string('x', MontyJson.MaxTextLength + 1)]);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);

        Should.Throw<MontySizeException>(() => MontyJson.Write(writer, value));
        Should.Throw<MontySizeException>(() => JsonSerializer.Serialize(value, MontyJsonContext.Default.MontyValue));
        Should.Throw<MontySizeException>(() => value.To<JsonElement>());

        writer.BytesPending.ShouldBe(0);
    }

    [Fact]
    public void A_value_that_contains_the_same_list_many_times_is_refused_without_counting_all_of_it()
    {
        MontyValue value = new string('x', 10_000_000);
        for (var i = 0; i < 60; i++)
        {
            value = new MontyList([value, value]);
        }

        var refused = Allocations.OfRefusal(() => MontyJson.Serialize(value));

        refused.Message.ShouldStartWith("The JSON of the list takes over 4294967296 bytes");
        MontyJson.Measure(value).ShouldBeGreaterThan(1L << 32);
    }

    [Fact]
    public void A_document_with_more_tokens_than_JsonDocument_can_hold_is_refused()
    {
        var json = new byte[360_000_001];
        json.AsSpan().Fill((byte)',');
        for (var i = 1; i < json.Length; i += 2)
        {
            json[i] = (byte)'1';
        }

        json[0] = (byte)'[';
        json[^1] = (byte)']';

        var refused = Allocations.OfRefusal(() => MontyJson.Parse(json));

        (refused.Size, refused.Limit).ShouldBe((180_000_002, 178_956_965));
    }

    [Fact]
    public void A_document_over_the_limit_for_written_JSON_is_not_read()
    {
        var json = new string('日', 360_000_000);

        Allocations.OfRefusal(() => MontyJson.Parse(json)).Size.ShouldBe(1_080_000_000);
        Allocations.OfRefusal(() => MontyLiteral.Parse(json)).Size.ShouldBe(1_080_000_000);
    }
}
