using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Dynamic;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class ClrConversionTests
{
    private enum Color
    {
        Red,
        Green,
    }

    [Fact]
    public void Numbers_keep_their_value_and_kind()
    {
        object[] ints = [(sbyte)-7, (short)-7, -7, -7L, (nint)(-7), (Int128)(-7), new BigInteger(-7)];
        foreach (var number in ints)
        {
            MontyValue.From(number).ShouldBe(-7);
        }

        object[] unsigned = [(byte)7, (ushort)7, 7u, 7ul, (nuint)7, (UInt128)7];
        foreach (var number in unsigned)
        {
            MontyValue.From(number).ShouldBe(7);
        }

        MontyValue.From(ulong.MaxValue).ShouldBe(new BigInteger(ulong.MaxValue));
        MontyValue.From(1.5).ShouldBe(1.5);
        MontyValue.From(0.1f).ShouldBe((double)0.1f);
        MontyValue.From((Half)0.5).ShouldBe(0.5);
        MontyValue.From(true).ShouldBe(true);
    }

    [Fact]
    public void Text_and_bytes_are_copied_unchanged()
    {
        MontyValue.From(null).ShouldBe(MontyValue.None);
        MontyValue.From("é").ShouldBe("é");
        MontyValue.From('x').ShouldBe("x");
        MontyValue.From(Color.Green).ShouldBe("Green");
        MontyValue.From(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).ShouldBe("00000001-0002-0003-0405-060708090a0b");
        MontyValue.From(new Uri("https://example.org/ä b")).ShouldBe("https://example.org/ä b");
        byte[] bytes = [1, 2];
        object[] forms = [bytes, (ReadOnlyMemory<byte>)bytes, (Memory<byte>)bytes, new ArraySegment<byte>(bytes)];
        var converted = forms.Select(MontyValue.From).ToList();
        bytes[0] = 9;
        foreach (var value in converted)
        {
            value.ShouldBe(new MontyBytes(new byte[] { 1, 2 }));
        }

        MontyValue.From(new sbyte[] { -1 }).ShouldBe(new MontyList([-1]));
    }

    [Fact]
    public void Collections_are_converted_to_the_corresponding_Python_kind()
    {
        var pair = new MontyList([1, "a"]);
        MontyValue.From(new object?[] { 1, "a" }).ShouldBe(pair);
        MontyValue.From(new List<object> { 1, "a" }).ShouldBe(pair);
        MontyValue.From(Enumerable.Range(1, 2)).ShouldBe(new MontyList([1, 2]));
        MontyValue.From((1, "a")).ShouldBe(new MontyTuple([1, "a"]));
        MontyValue.From(Tuple.Create(1)).ShouldBe(new MontyTuple([1]));
        MontyValue.From(new HashSet<int> { 1 }).ShouldBe(new MontySet([1]));
        MontyValue.From(new SortedSet<int> { 1 }).ShouldBe(new MontySet([1]));
        MontyValue.From(new[] { "a", "b" }.ToFrozenSet()).ShouldBe(new MontyFrozenSet(["a", "b"]));
        MontyValue.From(ImmutableHashSet.Create(1)).ShouldBe(new MontyFrozenSet([1]));
        MontyValue
            .From(new Dictionary<int, object?> { [1] = null, [2] = new[] { 3 } })
            .ShouldBe(new MontyDict([new(1, MontyValue.None), new(2, new MontyList([3]))]));
        MontyValue.From(ImmutableDictionary<string, int>.Empty.Add("a", 1)).ShouldBe(new MontyDict([new("a", 1)]));
        IDictionary<string, object?> expando = new ExpandoObject();
        expando["a"] = (1, 2);
        MontyValue.From(expando).ShouldBe(new MontyDict([new("a", new MontyTuple([1, 2]))]));
        MontyValue inner = new MontyTuple([1]);
        MontyValue.From(new[] { inner }).ShouldBe(new MontyList([inner]));
    }

    [Fact]
    public void Fractions_of_a_microsecond_are_rounded_toward_the_past()
    {
        var moment = new DateTime(2024, 1, 2, 3, 4, 5, 6, 7).AddTicks(9);
        MontyValue.From(moment).ShouldBe(new MontyDateTime(2024, 1, 2, 3, 4, 5, 6007));
        MontyValue.From(DateTime.SpecifyKind(moment, DateTimeKind.Utc)).ShouldBe(new MontyDateTime(2024, 1, 2, 3, 4, 5, 6007, 0));
        MontyValue
            .From(new DateTimeOffset(moment, TimeSpan.FromHours(-5.5)))
            .ShouldBe(new MontyDateTime(2024, 1, 2, 3, 4, 5, 6007, -19_800));
        MontyValue.From(new DateOnly(2024, 2, 29)).ShouldBe(new MontyDate(2024, 2, 29));
        MontyValue.From(TimeOnly.FromDateTime(moment)).ShouldBe(new MontyTime(3, 4, 5, 6007));
        MontyValue.From(TimeSpan.FromTicks(-1)).ShouldBe(new MontyTimeDelta(-1, 86_399, 999_999));
        MontyValue.From(TimeSpan.FromTicks(19)).ShouldBe(new MontyTimeDelta(0, 0, 1));
        MontyValue.From(TimeSpan.FromHours(-24)).ShouldBe(new MontyTimeDelta(-1));
        MontyValue.From(TimeSpan.FromHours(25)).ShouldBe(new MontyTimeDelta(1, 3600));
        MontyValue.From(TimeSpan.MaxValue).ToString().ShouldBe("datetime.timedelta(days=10675199, seconds=10085, microseconds=477580)");
    }

    [Fact]
    public void JSON_is_converted_as_plain_data_even_when_its_keys_look_like_tags()
    {
        const string json = """{"$ref": "#/x", "a": [1, 1.0, 12345678901234567890, null, {"$tuple": [1]}]}""";
        var expected = new MontyDict([
            new("$ref", "#/x"),
            new(
                "a",
                new MontyList([
                    1,
                    1.0,
                    BigInteger.Parse("12345678901234567890", null),
                    MontyValue.None,
                    new MontyDict([new("$tuple", new MontyList([1]))]),
                ])
            ),
        ]);

        using var document = JsonDocument.Parse(json);
        MontyValue.From(document).ShouldBe(expected);
        MontyValue.From(document.RootElement).ShouldBe(expected);
        MontyValue.From(JsonNode.Parse(json)).ShouldBe(expected);
    }

    [Fact]
    public void Values_without_a_Python_counterpart_are_refused_with_their_path_and_an_alternative()
    {
        static string Refusal(object value) => Should.Throw<ArgumentException>(() => MontyValue.From(value)).Message;

        Refusal(1.5m).ShouldContain("(double)value");
        Refusal((Color)7).ShouldContain("Color");
        Refusal(new Dictionary<string, object> { ["a"] = new object[] { 1, new Version(1, 2) } })
            .ShouldContain("Version has no Python counterpart");
        Refusal(new Dictionary<string, object> { ["a"] = new object[] { 1, new Version(1, 2) } }).ShouldContain("Path: $.a[1].");
        Refusal(new List<KeyValuePair<string, int>> { new("a", 1) }).ShouldContain("KeyValuePair<String, Int32>");
        using var document = JsonDocument.Parse("""{"a": "\ud800"}""");
        Refusal(document).ShouldContain("lone surrogate");
    }

    [Fact]
    public void A_container_that_contains_itself_is_refused_and_one_that_occurs_twice_is_not()
    {
        var cycle = new List<object>();
        cycle.Add(new Dictionary<string, object> { ["again"] = cycle });
        var error = Should.Throw<ArgumentException>(() => MontyValue.From(cycle));
        error.Message.ShouldContain("contains itself");
        error.Message.ShouldContain("Path: $[0].again.");

        var shared = new[] { 1 };
        MontyValue.From(new[] { shared, shared }).ShouldBe(new MontyList([new MontyList([1]), new MontyList([1])]));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused()
    {
        object deep = 1;
        for (var i = 0; i < MontyJson.MaxDepth; i++)
        {
            deep = new[] { deep };
        }

        _ = MontyValue.From(deep);

        Should.Throw<ArgumentException>(() => MontyValue.From(new[] { deep })).Message.ShouldContain("levels deep");
    }
}
