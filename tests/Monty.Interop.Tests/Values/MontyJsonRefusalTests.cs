using System.Text.Json;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyJsonRefusalTests
{
    [Theory]
    [InlineData("""{"a":[{"$oops":1}]}""", "$.a[0].$oops", "$dict")]
    [InlineData("""{"$tuple":1}""", "$.$tuple", "[item, …]")]
    [InlineData("""{"$tuple":{}}""", "$.$tuple", "[item, …]")]
    [InlineData("""{"$bytes":"?"}""", "$.$bytes", "base64")]
    [InlineData("""{"$bytes":"\ud800"}""", "$.$bytes", "Unicode")]
    [InlineData("""{"$int":"1.5"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":"+1"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":1}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":"0x"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":"-"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":"--1"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$int":" 1"}""", "$.$int", "\"-123\"")]
    [InlineData("""{"$float":"1.5"}""", "$.$float", "nan")]
    [InlineData("""{"$date":"2023-02-29"}""", "$.$date", "2024-01-02")]
    [InlineData("""{"$date":"2023-2-9"}""", "$.$date", "2024-01-02")]
    [InlineData("""{"$datetime":"2024-01-02"}""", "$.$datetime", "iso")]
    [InlineData("""{"$datetime":"2024-01-02T03:04:05.1234567Z"}""", "$.$datetime", "iso")]
    [InlineData("""{"$datetime":"2024-01-02T03:04:05+24:00"}""", "$.$datetime", "iso")]
    [InlineData("""{"$time":{"iso":"03:04","fold":2}}""", "$.$time", "fold")]
    [InlineData("""{"$timezone":""}""", "$.$timezone", "+01:00")]
    [InlineData("""{"$timedelta":{"seconds":86400}}""", "$.$timedelta", "normalized")]
    [InlineData("""{"$timedelta":{"days":1e9}}""", "$.$timedelta", "days")]
    [InlineData("""{"$timedelta":{"weeks":1}}""", "$.$timedelta", "days")]
    [InlineData("""{"$exception":{"type":"E","message":null}}""", "$.$exception", "message")]
    [InlineData("""{"$exception":{"type":"E","type":"F"}}""", "$.$exception", "message")]
    [InlineData("""{"$namedtuple":{"type":"P","fields":[[1,2]]}}""", "$.$namedtuple", "fields")]
    [InlineData("""{"$namedtuple":{"type":"P"}}""", "$.$namedtuple", "fields")]
    [InlineData("""{"$dataclass":{"type":"A","fields":{},"origin":"sandbox"}}""", "$.$dataclass", "needs its ids")]
    [InlineData("""{"$dataclass":{"type":"A","fields":{},"id":"x"}}""", "$.$dataclass", "type_id")]
    [InlineData("""{"$dataclass":{"type":"A","fields":{"x":{"$no":1}}}}""", "$.$dataclass.fields.x.$no", "not a known tag")]
    [InlineData("""{"$type":{"name":"A"}}""", "$.$type", "origin")]
    [InlineData("""{"$file":{"path":"/x","mode":"r","position":1.0}}""", "$.$file", "position")]
    [InlineData("""{"$cycle":{"identity":{"$int":"99999999999999999999"},"placeholder":""}}""", "$.$cycle", "identity")]
    [InlineData("""{"$ellipsis":false}""", "$.$ellipsis", "true")]
    [InlineData("""{"$dict":[[1]]}""", "$.$dict", "[key, value]")]
    [InlineData("""{"$dict":{"a":1}}""", "$.$dict", "[key, value]")]
    [InlineData("""{"a":1,"a":2}""", "$.a", "twice")]
    [InlineData("""[1e999]""", "$[0]", "$float")]
    [InlineData("""["\ud800"]""", "$[0]", "surrogate")]
    [InlineData("""{"\udc00":1}""", "$", "surrogate")]
    [InlineData("""{"na me":{"$x":1}}""", "$['na me'].$x", "not a known tag")]
    public void JSON_in_the_wrong_format_is_refused_with_its_path_and_the_right_format(string json, string path, string hint)
    {
        var error = Should.Throw<JsonException>(() => MontyJson.Parse(json));

        error.Message.ShouldContain($"Path: {path}.");
        error.Message.ShouldContain(hint);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 2")]
    [InlineData("[1,]")]
    [InlineData("[1] x")]
    [InlineData("{\"a\":1}}")]
    [InlineData("// c\n1")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("'a'")]
    [InlineData("[")]
    [InlineData("\ufeff1")]
    public void Malformed_JSON_is_refused(string json) => Should.Throw<JsonException>(() => MontyJson.Parse(json));

    [Fact]
    public void A_decimal_number_with_too_many_digits_is_refused()
    {
        Should.Throw<JsonException>(() => MontyJson.Parse($"[{new string('9', 4301)}]")).Message.ShouldContain("0x");
        Should.Throw<JsonException>(() => MontyJson.Parse($$"""{"$int":"{{new string('9', 10_000_000)}}"}""")).Message.ShouldContain("0x");
    }

    [Fact]
    public void Text_that_is_not_valid_Unicode_is_refused()
    {
        Should.Throw<JsonException>(() => MontyJson.Parse("\"\ud800\"")).Message.ShouldContain("index 1");
        Should.Throw<JsonException>(() => MontyJson.Parse([(byte)'"', 0xff, (byte)'"']));
        Should.Throw<JsonException>(() => MontyJson.Parse([.. "{\""u8, 0xc3, .. "\":1}"u8]));
    }

    [Fact]
    public void Nesting_is_read_and_written_up_to_the_limit_and_refused_beyond_it()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);

        var deepest = MontyJson.Parse(Nested(MontyJson.MaxDepth));
        MontyJson.Serialize(deepest).ShouldBe(Nested(MontyJson.MaxDepth));
        Should.Throw<JsonException>(() => MontyJson.Parse(Nested(MontyJson.MaxDepth + 1)));
        Should.Throw<JsonException>(() => MontyJson.Parse(Nested(1_000_000)));
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyList([deepest]))).Message.ShouldContain("levels deep");
    }

    [Fact]
    public void Text_with_a_lone_surrogate_is_not_written()
    {
        var error = Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyDict([new("a", new MontyList(["ok 😀", "\ud83d"]))])));

        error.Message.ShouldContain("lone surrogate");
        error.Message.ShouldContain("Path: $.a[1].");
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyDict([new("\udc00", 1), new("a", 1)])));
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyPath("x\ud800")));
    }

    [Fact]
    public void Dates_and_times_outside_the_range_of_Python_are_not_written()
    {
        Should
            .Throw<JsonException>(() => MontyJson.Serialize(new MontyDate(2023, 2, 29)))
            .Message.ShouldContain("datetime.date(2023, 2, 29)");
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyTime(24, 0)));
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyDateTime(2024, 1, 1, OffsetSeconds: 86_400)));
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyTimeDelta(0, -1)));
        Should.Throw<JsonException>(() => MontyJson.Serialize(new MontyTimeZone(-90_000)));
    }
}
