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
    public void Every_value_reads_back_as_itself() =>
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
    public void Every_value_reads_back_as_itself_through_the_serializer() =>
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
    public void A_damaged_document_reads_as_something_or_is_refused_as_documented()
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
    public void Any_sequence_of_tokens_reads_as_something_or_is_refused_as_documented() =>
        Prop.ForAll(
                Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(),
                text => ReadOrRefuse(Encoding.UTF8.GetBytes(text))
            )
            .Check(Thorough);

    [Fact]
    public void Any_body_under_any_tag_reads_as_something_or_is_refused_as_documented()
    {
        var tagged =
            from tag in Tag
            from body in MontyValueGenerator.Arbitrary.Generator
            from other in Gen.Elements("type", "name", "iso", "path", "identity", "fields")
            from wrapped in Gen.Elements(true, false)
            select wrapped ? $"{{\"{tag}\":{{\"{other}\":{MontyJson.Serialize(body)}}}}}" : $"{{\"{tag}\":{MontyJson.Serialize(body)}}}";
        Prop.ForAll(tagged.ToArbitrary(), text => ReadOrRefuse(Encoding.UTF8.GetBytes(text))).Check(Thorough);
    }

    /// <summary>Reads; what was read must survive another round. Only the documented exception may leave.</summary>
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
