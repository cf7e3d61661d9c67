using System.Numerics;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Wire;

/// <summary>Sends every kind of value to the real runtime on each of the four ways, and gets it back as a result and as an argument.</summary>
public sealed class RoundTripTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly Guid ClassId = new("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static readonly Guid InstanceId = new("10111213-1415-1617-1819-1a1b1c1d1e1f");

    /// <summary>Values that are unchanged by a round trip.</summary>
    public static TheoryData<MontyValue> Values =>
        new([
            MontyValue.None,
            MontyEllipsis.Instance,
            MontyNotImplemented.Instance,
            true,
            false,
            0,
            -1,
            1,
            long.MinValue,
            long.MaxValue,
            BigInteger.Pow(2, 63),
            -BigInteger.Pow(2, 63) - 1,
            BigInteger.Pow(10, 5000),
            -BigInteger.Pow(10, 5000),
            0.0,
            -0.0,
            1.5,
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
            double.Epsilon,
            double.MaxValue,
            "",
            "a",
            "é\0😀\r\n",
            new string('x', 300),
            new MontyBytes(Array.Empty<byte>()),
            new MontyBytes(Enumerable.Range(0, 256).Select(b => (byte)b).ToArray()),
            new MontyList([]),
            new MontyList([1, new MontyList([]), "a"]),
            new MontyTuple([]),
            new MontyTuple([MontyValue.None]),
            new MontyNamedTuple("P", [new("x", 1), new("y", new MontyList([2]))]),
            new MontyNamedTuple("Empty", []),
            MontyDict.Empty,
            new MontyDict([new("a", 1), new(2, MontyValue.None), new(new MontyTuple([1, "b"]), 2.5), new(MontyValue.None, 1)]),
            new MontySet([]),
            new MontySet([1, "a", new MontyTuple([2])]),
            new MontyFrozenSet([]),
            new MontyFrozenSet([new MontyFrozenSet([1]), 2]),
            new MontyDate(1, 1, 1),
            new MontyDate(9999, 12, 31),
            new MontyDate(2024, 2, 29),
            new MontyTime(0, 0),
            new MontyTime(23, 59, 59, 999_999),
            new MontyTime(1, 2, 3, 4, -86_399, "Z", 1),
            new MontyTime(1, 2, OffsetSeconds: 0),
            new MontyTime(1, 2, Fold: 1),
            new MontyDateTime(1, 1, 1),
            new MontyDateTime(9999, 12, 31, 23, 59, 59, 999_999),
            new MontyDateTime(2024, 2, 29, 1, 2, 3, 4, 86_399, "East"),
            new MontyDateTime(2024, 1, 1, OffsetSeconds: 0),
            new MontyTimeDelta(0),
            new MontyTimeDelta(-1, 86_399, 999_999),
            new MontyTimeDelta(999_999_999, 86_399, 999_999),
            new MontyTimeDelta(-999_999_999),
            new MontyTimeZone(0),
            new MontyTimeZone(-86_399),
            new MontyTimeZone(86_399, "East"),
            new MontyTimeZone(0, "Zulu"),
            new MontyExceptionObject("ValueError", "bad"),
            new MontyExceptionObject("ValueError"),
            new MontyExceptionObject("KeyError", ""),
            new MontyType("int", MontyTypeOrigin.Builtin),
            new MontyType("collections.deque", MontyTypeOrigin.Builtin),
            new MontyType("C", MontyTypeOrigin.Host, ClassId),
            new MontyInstance(
                new MontyType("C", MontyTypeOrigin.Host, ClassId),
                InstanceId,
                new MontyDict([new("a", 1), new("b", new MontyList([2]))])
            ),
            new MontyInstance(
                new MontyType("D", MontyTypeOrigin.Host, ClassId, IsDataclass: true),
                InstanceId,
                new MontyDict([new("a", 1)])
            ),
            new MontyFunction("f"),
            new MontyFunction("any text, even this"),
            new MontyBuiltin("len"),
            new MontyBuiltin("type"),
            new MontyPath("/a/b"),
            new MontyPath("relative"),
            new MontyPath("."),
            new MontyFileHandle("/a", "r"),
            new MontyFileHandle("/a", "rb", 12),
            new MontyFileHandle("/a", "w"),
            new MontyFileHandle("/a", "ab"),
        ]);

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task A_value_is_returned_unchanged_as_a_result(MontyValue value)
    {
        using var session = await runtime.OpenAsync();
        foreach (var path in Enum.GetValues<CrossingPath>())
        {
            var result = await Crossing.SendAsync(session, path, value).InTime();

            WithoutClassAttributes(result.ShouldBeOfType<MontyComplete>(path.ToString()).Value).ShouldBe(value, path.ToString());
            await session.ResetAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task A_value_is_returned_unchanged_as_an_argument(MontyValue value)
    {
        using var session = await runtime.OpenAsync();

        var progress = await session
            .StartAsync("take(x, k=x)", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["x"] = value } })
            .InTime();

        var call = progress.ShouldBeOfType<MontyFunctionCall>();
        WithoutClassAttributes(call.Arguments.ShouldHaveSingleItem()).ShouldBe(value);
        call.Keywords.ShouldHaveSingleItem().Key.ShouldBe("k");
        WithoutClassAttributes(call.Keywords[0].Value).ShouldBe(value);
    }

    [Theory]
    [InlineData("[1, 2.5, 'a', b'b', None, True, ...]", "[1, 2.5, 'a', b'b', None, True, Ellipsis]")]
    [InlineData("{1, 1, 2}", "{1, 2}")]
    [InlineData("(i for i in [1, 2])", "[1, 2]")]
    [InlineData("map(abs, [-1])", "[1]")]
    [InlineData("from collections import deque\ndeque([1])", "[1]")]
    [InlineData("from collections import namedtuple\nnamedtuple('P', 'x y')(1, 2)", "P(x=1, y=2)")]
    [InlineData("from collections import Counter\nCounter('aab')", "{'a': 2, 'b': 1}")]
    [InlineData("x = [1]\nx.append(x)\nx", "[1, [...]]")]
    [InlineData("x = {}\nx['me'] = x\nx", "{'me': {...}}")]
    [InlineData("class A: pass\n[A]", "[<class 'A'>]")]
    [InlineData("range(3)", "range(0, 3)")]
    [InlineData("len", "<built-in function len>")]
    [InlineData("int", "<class 'int'>")]
    [InlineData("2**200", "1606938044258990275541962092341162602522202993782792835301376")]
    [InlineData("class A:\n    pass\na = A()\na.x = 1\na", "<A object>")]
    public async Task Values_that_a_script_creates_have_the_expected_repr(string code, string expected)
    {
        using var session = await runtime.OpenAsync();

        var result = await session.FeedAsync(code, cancellationToken: TestContext.Current.CancellationToken).InTime();

        result.Value.ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task A_sandbox_instance_that_is_sent_back_is_the_same_object_in_the_sandbox()
    {
        using var session = await runtime.OpenAsync();
        var first = (await session.FeedAsync("class A:\n    pass\na = A()\na.x = 1\na").InTime()).Value.ShouldBeOfType<MontyInstance>();
        first.Type.ShouldBe(new MontyType("A", MontyTypeOrigin.Sandbox, first.Type.Id));
        first.TryGetAttribute("x", out var x).ShouldBeTrue();
        x.ShouldBe(1);

        var same = await session
            .FeedAsync("b is a", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["b"] = first } })
            .InTime();

        same.Value.ShouldBe(true);
    }

    /// <summary>Removes empty class attributes. The runtime sends class attributes only with the class itself, and otherwise an empty dict or nothing.</summary>
    private static MontyValue WithoutClassAttributes(MontyValue value) =>
        value switch
        {
            MontyType { Attributes.Pairs.Count: 0 } type => type with { Attributes = null },
            MontyInstance { Type.Attributes.Pairs.Count: 0 } instance => instance with { Type = instance.Type with { Attributes = null } },
            _ => value,
        };
}
