using System.Text.Json;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyJsonConverterTests
{
    private sealed record Envelope(MontyValue Any, MontyDict? Dict, object? Boxed);

    [Fact]
    public void Every_type_of_value_is_annotated_with_its_converter()
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
    public void Values_in_members_of_other_types_are_written_in_the_documented_format()
    {
        var envelope = new Envelope(new MontyTuple([1]), MontyDict.Empty, new MontySet([2]));

        JsonSerializer.Serialize(envelope).ShouldBe("""{"Any":{"$tuple":[1]},"Dict":{},"Boxed":{"$set":[2]}}""");
    }

    [Fact]
    public void JSON_null_is_read_as_None_for_a_member_that_accepts_any_value_and_as_null_for_others()
    {
        var envelope = JsonSerializer.Deserialize<Envelope>("""{"Any":null,"Dict":null}""");

        envelope.ShouldBe(new Envelope(MontyValue.None, null, null));
    }

    [Fact]
    public void A_value_of_another_kind_than_declared_is_refused() =>
        Should
            .Throw<JsonException>(() => JsonSerializer.Deserialize<Envelope>("""{"Any":1,"Dict":[]}"""))
            .Message.ShouldContain("MontyList");
}
