using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyJsonPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60);

    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "1",
        "-1",
        "1.5",
        "1e999",
        "true",
        "null",
        "\"a\"",
        "\"\\ud800\"",
        "\"2024-01-02\"",
        "\"+01:00\"",
        "\"type\"",
        "\"fields\"",
        "\"name\"",
        "\"iso\"",
        "\"origin\"",
        "\"host\"",
        "\"id\"",
        "\"$tuple\"",
        "\"$dict\"",
        "\"$int\"",
        "\"$float\"",
        "\"$bytes\"",
        "\"$namedtuple\"",
        "\"$dataclass\"",
        "\"$type\"",
        "\"$datetime\"",
        "\"$timedelta\"",
        "\"$cycle\"",
        "\"$file\"",
        "\"$\"",
    ];

    private static readonly Gen<string> Tag = Gen.Elements(
        "$tuple",
        "$set",
        "$bytes",
        "$int",
        "$float",
        "$namedtuple",
        "$dataclass",
        "$instance",
        "$date",
        "$datetime",
        "$time",
        "$timedelta",
        "$timezone",
        "$path",
        "$type",
        "$exception",
        "$function",
        "$builtin",
        "$file",
        "$ellipsis",
        "$repr",
        "$cycle",
        "$dict",
        "$unknown"
    );

    [Fact]
    public void Every_value_is_unchanged_after_a_round_trip() =>
        Prop.ForAll(
                MontyValueGenerator.Arbitrary,
                value =>
                {
                    var json = MontyJson.Serialize(value);
                    MontyJson.Parse(json).ShouldBe(value);
                    MontyJson.Parse(Encoding.UTF8.GetBytes(json)).ToString().ShouldBe(value.ToString());
                }
            )
            .Check(Thorough);

    [Fact]
    public void Every_value_is_unchanged_after_a_round_trip_through_JsonSerializer() =>
        Prop.ForAll(
                MontyValueGenerator.Arbitrary,
                value =>
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(value, MontyJsonContext.Default.MontyValue);
                    JsonSerializer.Deserialize(json, MontyJsonContext.Default.MontyValue).ShouldBe(value);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_damaged_document_is_read_or_throws_the_documented_exception()
    {
        var damage =
            from value in MontyValueGenerator.Arbitrary.Generator
            from at in Gen.Choose(0, int.MaxValue)
            from octet in Gen.Choose(0, 255)
            from length in Gen.Choose(0, 3)
            select (Json: Encoding.UTF8.GetBytes(MontyJson.Serialize(value)), at, octet, length);
        Prop.ForAll(
                damage.ToArbitrary(),
                sample =>
                {
                    var at = sample.at % sample.Json.Length;
                    ReadOrRefuse([
                        .. sample.Json[..at],
                        (byte)sample.octet,
                        .. sample.Json[Math.Min(at + sample.length, sample.Json.Length)..],
                    ]);
                }
            )
            .Check(Thorough);
    }

    [Fact]
    public void Any_sequence_of_tokens_is_read_or_throws_the_documented_exception() =>
        Prop.ForAll(
                Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(),
                text => ReadOrRefuse(Encoding.UTF8.GetBytes(text))
            )
            .Check(Thorough);

    [Fact]
    public void Any_body_under_any_tag_is_read_or_throws_the_documented_exception()
    {
        var tagged =
            from tag in Tag
            from body in MontyValueGenerator.Arbitrary.Generator
            from other in Gen.Elements("type", "name", "iso", "path", "identity", "fields")
            from wrapped in Gen.Elements(true, false)
            select wrapped ? $"{{\"{tag}\":{{\"{other}\":{MontyJson.Serialize(body)}}}}}" : $"{{\"{tag}\":{MontyJson.Serialize(body)}}}";
        Prop.ForAll(tagged.ToArbitrary(), text => ReadOrRefuse(Encoding.UTF8.GetBytes(text))).Check(Thorough);
    }

    /// <summary>Reads JSON and checks that a value that was read survives a round trip. No exception but the documented one may be thrown.</summary>
    private static void ReadOrRefuse(byte[] json)
    {
        MontyValue value;
        try
        {
            value = MontyJson.Parse(json);
        }
        catch (JsonException)
        {
            return;
        }

        MontyJson.Parse(MontyJson.Serialize(value)).ShouldBe(value);
    }
}
