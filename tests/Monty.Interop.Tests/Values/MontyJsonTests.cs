using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyJsonTests
{
    private static readonly Guid TypeId = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid InstanceId = new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    private static readonly MontyType Sandboxed = new("A", MontyTypeOrigin.Sandbox, TypeId);

    public static TheoryData<MontyValue, string> CanonicalForms =>
        new()
        {
            { MontyValue.None, "null" },
            { true, "true" },
            { 7, "7" },
            { 1L << 53, "9007199254740992" },
            { (1L << 53) + 1, """{"$int":"9007199254740993"}""" },
            { 1.0, "1.0" },
            { 1e16, "1e+16" },
            { -0.0, "-0.0" },
            { double.NaN, """{"$float":"nan"}""" },
            { double.NegativeInfinity, """{"$float":"-inf"}""" },
            { "é\n<", "\"é\\n<\"" },
            { new MontyBytes(new byte[] { 0, 255 }), """{"$bytes":"AP8="}""" },
            { new MontyList([1, "a"]), """[1,"a"]""" },
            { new MontyTuple([1]), """{"$tuple":[1]}""" },
            { new MontySet([1]), """{"$set":[1]}""" },
            { new MontyFrozenSet([]), """{"$frozenset":[]}""" },
            { new MontyDict([new("a", 1), new("$b", 2)]), """{"a":1,"$b":2}""" },
            { new MontyDict([new("$a", 1)]), """{"$dict":[["$a",1]]}""" },
            { new MontyDict([new(1, "x")]), """{"$dict":[[1,"x"]]}""" },
            { new MontyDict([new("a", 1), new("a", 2)]), """{"$dict":[["a",1],["a",2]]}""" },
            { new MontyNamedTuple("P", [new("x", 1)]), """{"$namedtuple":{"type":"P","fields":{"x":1}}}""" },
            { new MontyNamedTuple("P", [new("$x", 1)]), """{"$namedtuple":{"type":"P","fields":{"$x":1}}}""" },
            { new MontyNamedTuple("P", [new("x", 1), new("x", 2)]), """{"$namedtuple":{"type":"P","fields":[["x",1],["x",2]]}}""" },
            {
                new MontyInstance(Sandboxed with { IsDataclass = true }, InstanceId, new([new("x", 1)])),
                """{"$dataclass":{"type":"A","fields":{"x":1},"origin":"sandbox","type_id":"11111111-2222-3333-4444-555555555555","id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}}"""
            },
            {
                new MontyInstance(new("A", MontyTypeOrigin.Host, null, false, new([new("k", 2)])), InstanceId, MontyDict.Empty),
                """{"$instance":{"type":"A","fields":{},"origin":"host","type_id":null,"id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","type_attributes":{"k":2}}}"""
            },
            { new MontyDate(2024, 1, 2), """{"$date":"2024-01-02"}""" },
            { new MontyDateTime(2024, 1, 2, 3, 4, 5, 6, -19_800), """{"$datetime":"2024-01-02T03:04:05.000006-05:30"}""" },
            {
                new MontyDateTime(2024, 1, 2, OffsetSeconds: 3600, TimeZoneName: "CET"),
                """{"$datetime":{"iso":"2024-01-02T00:00:00+01:00","zone":"CET"}}"""
            },
            { new MontyTime(3, 4), """{"$time":"03:04:00"}""" },
            { new MontyTime(3, 4, Fold: 1), """{"$time":{"iso":"03:04:00","fold":1}}""" },
            { new MontyTimeDelta(-1, 86_399, 999_999), """{"$timedelta":{"days":-1,"seconds":86399,"microseconds":999999}}""" },
            { new MontyTimeZone(0), """{"$timezone":"+00:00"}""" },
            { new MontyTimeZone(-3607, "X"), """{"$timezone":{"offset":"-01:00:07","name":"X"}}""" },
            { new MontyPath("/x"), """{"$path":"/x"}""" },
            { new MontyType("int", MontyTypeOrigin.Builtin), """{"$type":"int"}""" },
            { Sandboxed, """{"$type":{"name":"A","origin":"sandbox","id":"11111111-2222-3333-4444-555555555555"}}""" },
            { new MontyExceptionObject("ValueError", "x"), """{"$exception":{"type":"ValueError","message":"x"}}""" },
            { new MontyExceptionObject("ValueError"), """{"$exception":{"type":"ValueError"}}""" },
            { new MontyFunction("f"), """{"$function":"f"}""" },
            { new MontyFunction("f", "doc"), """{"$function":{"name":"f","docstring":"doc"}}""" },
            { new MontyBuiltin("len"), """{"$builtin":"len"}""" },
            { new MontyFileHandle("/x", "rb", 3), """{"$file":{"path":"/x","mode":"rb","position":3}}""" },
            { MontyEllipsis.Instance, """{"$ellipsis":true}""" },
            { MontyNotImplemented.Instance, """{"$notimplemented":true}""" },
            { new MontyRepr("range(3)"), """{"$repr":"range(3)"}""" },
            { new MontyCycle(1L << 60, "[...]"), """{"$cycle":{"identity":{"$int":"1152921504606846976"},"placeholder":"[...]"}}""" },
        };

    public static TheoryData<string, string> AlternativeForms =>
        new()
        {
            { "9007199254740993", """{"$int":"9007199254740993"}""" },
            { """{"$int":"5"}""", "5" },
            { "1E5", "100000.0" },
            { "-0", "0" },
            { """{"$dict":[["a",1]]}""", """{"a":1}""" },
            { """{"$datetime":"2024-01-02T03:04Z"}""", """{"$datetime":"2024-01-02T03:04:00+00:00"}""" },
            { """{"$datetime":"2024-01-02T03:04:05.5"}""", """{"$datetime":"2024-01-02T03:04:05.500000"}""" },
            { """{"$timedelta":{"seconds":1}}""", """{"$timedelta":{"days":0,"seconds":1,"microseconds":0}}""" },
            { """{"$file":{"path":"/x","mode":"r"}}""", """{"$file":{"path":"/x","mode":"r","position":0}}""" },
            { """ { "a" : [ ] } """, """{"a":[]}""" },
        };

    [Theory]
    [MemberData(nameof(CanonicalForms))]
    public void Every_kind_is_written_in_its_canonical_form_and_read_back(MontyValue value, string json)
    {
        MontyJson.Serialize(value).ShouldBe(json);
        MontyJson.Parse(json).ShouldBe(value);
    }

    [Theory]
    [MemberData(nameof(AlternativeForms))]
    public void Alternative_forms_are_read_like_the_canonical_form(string written, string canonical) =>
        MontyJson.Serialize(MontyJson.Parse(written)).ShouldBe(canonical);

    [Fact]
    public void Values_that_CPython_encoded_are_read_and_have_the_same_repr()
    {
        var table = ReprGoldens.Values().ToList();
        table.Count.ShouldBeGreaterThan(120);
        foreach (var (json, repr) in table)
        {
            MontyJson.Parse(json).ToString().ShouldBe(repr);
        }
    }

    [Fact]
    public void A_host_instance_without_ids_gets_ids_that_depend_only_on_the_document_and_its_position()
    {
        const string json = """[{"$dataclass":{"type":"A","fields":{"x":1}}},{"$dataclass":{"type":"A","fields":{"x":1}}}]""";

        var value = MontyJson.Parse(json).ShouldBeOfType<MontyList>();

        MontyJson.Parse(json).ShouldBe(value);
        var first = value.Items[0].ShouldBeOfType<MontyInstance>();
        var second = value.Items[1].ShouldBeOfType<MontyInstance>();
        first.Type.ShouldBe(second.Type);
        first.Type.Origin.ShouldBe(MontyTypeOrigin.Host);
        first.Type.Id.ShouldNotBeNull();
        first.InstanceId.ShouldNotBe(second.InstanceId);
        MontyJson.Parse(MontyJson.Serialize(value)).ShouldBe(value);
    }

    [Fact]
    public void Ints_with_more_digits_than_CPython_converts_are_written_in_hexadecimal()
    {
        var largest = BigInteger.Pow(10, 4300) - 1;
        MontyJson.Serialize(largest).ShouldBe($$"""{"$int":"{{new string('9', 4300)}}"}""");
        MontyJson.Parse(new string('9', 4300)).ShouldBe(largest);
        new MontyInt(-(BigInteger.One << 20_000)).ToString().ShouldBe("-0x1" + new string('0', 5000));

        foreach (var value in new[] { largest + 1, -largest - 1, BigInteger.One << 1_000_000, -(BigInteger.One << 4_000_003) })
        {
            MontyJson.Parse(MontyJson.Serialize(value)).ShouldBe(value);
        }
    }

    [Fact]
    public void Indented_JSON_is_read_like_JSON_on_one_line()
    {
        var value = new MontyDict([new("a", new MontyTuple([1, 2.5]))]);

        MontyJson.Serialize(value, indented: true).ShouldBe("{\n  \"a\": {\n    \"$tuple\": [\n      1,\n      2.5\n    ]\n  }\n}");
        MontyJson.Parse(MontyJson.Serialize(value, indented: true)).ShouldBe(value);
    }

    [Fact]
    public void A_value_is_read_and_written_in_the_middle_of_a_document()
    {
        var reader = new Utf8JsonReader("""{"a":{"$tuple":[1]},"b":2}"""u8);
        reader.Read();
        reader.Read();
        MontyJson.Read(ref reader).ShouldBe(new MontyTuple([1]));
        reader.Read();
        reader.GetString().ShouldBe("b");
        MontyJson.Read(ref reader).ShouldBe(2);

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            MontyJson.Write(writer, new MontyTuple([1.0]));
            MontyJson.Write(writer, 2.0);
            writer.WriteEndArray();
        }

        System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan).ShouldBe("""[{"$tuple":[1.0]},2.0]""");
    }
}
