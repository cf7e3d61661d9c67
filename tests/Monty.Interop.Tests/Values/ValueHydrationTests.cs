using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

[SuppressMessage("Performance", "CA1812", Justification = "The records are created by reflection.")]
public sealed class ValueHydrationTests
{
    private static readonly Guid Id = new("11111111-2222-3333-4444-555555555555");

    private enum OrderState
    {
        New,
        InProgress,
    }

    private sealed record Address(string Street, int ZipCode);

    private sealed record Person(
        string Name,
        Address Home,
        OrderState State = OrderState.New,
        int? Age = null,
        string? Nickname = null,
        double Score = 0.5
    );

    private sealed record Shapes(
        int[] Array,
        List<string> List,
        IReadOnlyList<double> Interface,
        Dictionary<string, Address> Dictionary,
        ISet<int> Set,
        IEnumerable<int> Sequence,
        (int, string) Pair,
        List<string?> Gaps,
        MontyValue Raw
    );

    private sealed record Node(int Value, Node? Next);

    private sealed record Checked(int Value)
    {
        public int Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value));
    }

    private readonly record struct Point(int X, int Y);

    private static MontyDict Dict(params (string Key, MontyValue Value)[] pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create<MontyValue, MontyValue>(pair.Key, pair.Value)).ToEquatableArray());

    [Fact]
    public void Records_are_created_from_the_named_fields_of_dataclasses_named_tuples_and_dicts()
    {
        var home = Dict(("street", "Main"), ("zip_code", 12345));
        var fields = Dict(("name", "Ann"), ("home", home), ("state", "InProgress"), ("age", 3), ("Score", 2));
        var expected = new Person("Ann", new Address("Main", 12345), OrderState.InProgress, 3, null, 2.0);

        fields.To<Person>().ShouldBe(expected);
        new MontyInstance(new("Person", MontyTypeOrigin.Sandbox, Id, IsDataclass: true), Id, fields).To<Person>().ShouldBe(expected);
        new MontyNamedTuple("Point", [new("y", 2), new("x", 1)]).To<Point>().ShouldBe(new Point(1, 2));
    }

    [Fact]
    public void Missing_fields_get_the_default_value_and_None_becomes_null()
    {
        var home = Dict(("street", "Main"), ("zip_code", 1));

        Dict(("name", "Ann"), ("home", home)).To<Person>().ShouldBe(new Person("Ann", new Address("Main", 1)));
        Dict(("name", "Ann"), ("home", home), ("age", MontyValue.None), ("nickname", MontyValue.None))
            .To<Person>()
            .ShouldBe(new Person("Ann", new Address("Main", 1)));
        Dict(("value", 1), ("next", Dict(("value", 2), ("next", MontyValue.None)))).To<Node>().ShouldBe(new Node(1, new Node(2, null)));
    }

    [Fact]
    public void Collections_are_created_from_the_corresponding_kinds()
    {
        var value = Dict(
            ("array", new MontyTuple([1, 2])),
            ("list", new MontyList(["a"])),
            ("interface", new MontyList([1, 2.5])),
            ("dictionary", Dict(("home", Dict(("street", "x"), ("zip_code", 1))))),
            ("set", new MontyFrozenSet([1])),
            ("sequence", new MontySet([7])),
            ("pair", new MontyTuple([1, "a"])),
            ("gaps", new MontyList(["a", MontyValue.None])),
            ("raw", new MontyTuple([MontyValue.None]))
        );

        var shapes = value.To<Shapes>();

        shapes.Array.ShouldBe([1, 2]);
        shapes.List.ShouldBe(["a"]);
        shapes.Interface.ShouldBe([1.0, 2.5]);
        shapes.Dictionary.ShouldBe(new Dictionary<string, Address> { ["home"] = new("x", 1) });
        shapes.Set.ShouldBe([1]);
        shapes.Sequence.ShouldBe([7]);
        shapes.Pair.ShouldBe((1, "a"));
        shapes.Gaps.ShouldBe(["a", null]);
        shapes.Raw.ShouldBe(new MontyTuple([MontyValue.None]));
        new MontyDict([new(1, "a")]).To<IReadOnlyDictionary<int, string>>().ShouldBe(new Dictionary<int, string> { [1] = "a" });
        new MontyList([1]).To<List<int?>>().ShouldBe([1]);
    }

    [Fact]
    public void Scalars_are_checked_for_range()
    {
        ((MontyValue)255).To<byte>().ShouldBe((byte)255);
        ((MontyValue)(BigInteger.One << 64)).To<UInt128>().ShouldBe(UInt128.One << 64);
        ((MontyValue)19.99).To<decimal>().ShouldBe(19.99m);
        ((MontyValue)7).To<decimal>().ShouldBe(7m);
        ((MontyValue)0.1).To<float>().ShouldBe(0.1f);
        ((MontyValue)double.PositiveInfinity).To<float>().ShouldBe(float.PositiveInfinity);
        ((MontyValue)"x").To<char>().ShouldBe('x');
        ((MontyValue)"InProgress").To<object>().ShouldBe((MontyValue)"InProgress");
        new MontyDate(2024, 1, 2).To<DateOnly?>().ShouldBe(new DateOnly(2024, 1, 2));
        MontyValue.None.To<int?>().ShouldBeNull();

        foreach (
            var refused in new Action[]
            {
                () => ((MontyValue)256).To<byte>(),
                () => ((MontyValue)(-1)).To<ulong>(),
                () => ((MontyValue)1e300).To<float>(),
                () => ((MontyValue)1e300).To<decimal>(),
                () => ((MontyValue)double.NaN).To<decimal>(),
                () => ((MontyValue)"xy").To<char>(),
                () => ((MontyValue)1.0).To<int>(),
                () => ((MontyValue)"1").To<int>(),
                () => MontyValue.None.To<int>(),
                () => MontyValue.None.To<string>(),
                () => new MontyList([MontyValue.None]).To<List<string>>(),
            }
        )
        {
            Should.Throw<InvalidCastException>(refused);
        }
    }

    [Fact]
    public void Text_is_converted_to_Guid_and_Uri_and_every_value_to_JSON()
    {
        ((MontyValue)Id.ToString()).To<Guid>().ShouldBe(Id);
        ((MontyValue)"/a?b").To<Uri>().ShouldBe(new Uri("/a?b", UriKind.Relative));
        var value = Dict(("a", new MontyList([1, MontyValue.None])));
        value.To<JsonElement>().GetProperty("a").GetRawText().ShouldBe("[1,null]");
        value.To<JsonObject>()["a"]!.ToJsonString().ShouldBe("[1,null]");
        MontyValue.None.To<JsonElement>().ValueKind.ShouldBe(JsonValueKind.Null);
        new MontyTuple([1]).To<JsonNode>().ToJsonString().ShouldBe("""{"$tuple":[1]}""");
        foreach (
            var refused in new Action[]
            {
                () => ((MontyValue)"not an id").To<Guid>(),
                () => ((MontyValue)1).To<Uri>(),
                () => value.To<JsonArray>(),
                () => new MontyList([]).To<JsonObject>(),
                () => MontyValue.None.To<JsonNode>(),
                () => ((MontyValue)"\ud800").To<JsonElement>(),
            }
        )
        {
            Should.Throw<InvalidCastException>(refused);
        }
    }

    [Fact]
    public void The_error_says_what_does_not_fit_and_shows_its_path()
    {
        static string Refusal<T>(MontyValue value) => Should.Throw<InvalidCastException>(() => value.To<T>()).Message;

        Refusal<Address>(Dict(("street", "a")))
            .ShouldBe(
                "Address cannot be created: the value has no field for the parameter ZipCode of type Int32; give the parameter a default value if the field is optional. Path: $."
            );
        Refusal<Person>(Dict(("name", "a"), ("home", Dict(("street", 1), ("zip_code", 1)))))
            .ShouldBe("String cannot hold the int 1. Path: $.home.street.");
        Refusal<Person>(Dict(("name", MontyValue.None), ("home", MontyValue.None)))
            .ShouldBe("Expected a value for String, but found None. Path: $.name.");
        Refusal<Person[]>(new MontyList([1])).ShouldBe("Expected a value for Person, but found the int 1. Path: $[0].");
        Refusal<List<int>>(new MontySet([1])).ShouldContain("List<Int32>");
        Refusal<(int, int)>(new MontyTuple([1])).ShouldContain("ValueTuple<Int32, Int32>");
        Refusal<IDisposable>(1).ShouldContain("does not have exactly one public constructor");
    }

    [Fact]
    public void An_exception_from_the_constructor_of_the_record_is_not_wrapped() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Dict(("value", -1)).To<Checked>());

    [Fact]
    public void Nesting_beyond_the_limit_is_refused()
    {
        MontyValue value = MontyValue.None;
        for (var i = 0; i < 10_000; i++)
        {
            value = Dict(("value", i), ("next", value));
        }

        Should.Throw<InvalidCastException>(() => value.To<Node>()).Message.ShouldContain("levels deep");
    }
}
