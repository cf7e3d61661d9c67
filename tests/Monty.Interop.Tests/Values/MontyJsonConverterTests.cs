using System.Text.Json;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyJsonConverterTests
{
    private sealed record Envelope(MontyValue Any, MontyDict? Dict, object? Boxed);

    [Fact]
    public void Every_kind_names_its_converter_so_that_no_declared_type_is_written_by_its_properties()
    {
        var kinds = typeof(MontyValue).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(MontyValue))).ToList();

        kinds.Count.ShouldBe(29);
        foreach (var kind in kinds)
        {
            var converter = kind.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonConverterAttribute), inherit: false)
                .ShouldHaveSingleItem()
                .ShouldBeOfType<System.Text.Json.Serialization.JsonConverterAttribute>()
                .ConverterType;
            converter.ShouldBe(typeof(MontyJsonConverter<>).MakeGenericType(kind));
        }
    }

    [Fact]
    public void Members_of_other_types_are_written_by_the_contract()
    {
        var envelope = new Envelope(new MontyTuple([1]), MontyDict.Empty, new MontySet([2]));

        JsonSerializer.Serialize(envelope).ShouldBe("""{"Any":{"$tuple":[1]},"Dict":{},"Boxed":{"$set":[2]}}""");
    }

    [Fact]
    public void JSON_null_is_None_where_any_value_may_stand_and_null_where_only_another_kind_may()
    {
        var envelope = JsonSerializer.Deserialize<Envelope>("""{"Any":null,"Dict":null}""");

        envelope.ShouldBe(new Envelope(MontyValue.None, null, null));
    }

    [Fact]
    public void Another_kind_than_the_declared_one_is_refused() =>
        Should
            .Throw<JsonException>(() => JsonSerializer.Deserialize<Envelope>("""{"Any":1,"Dict":[]}"""))
            .Message.ShouldContain("MontyList");
}
