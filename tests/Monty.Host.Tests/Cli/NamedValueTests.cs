using Monty.Host.Cli.Input;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class NamedValueTests
{
    [Fact]
    public void The_value_starts_after_the_first_equals_sign() => NamedValue.Parse("x=\"a=b\"").ShouldBe(new NamedValue("x", "a=b"));

    [Fact]
    public void Tags_express_values_that_JSON_does_not_have() =>
        NamedValue.Parse("x={\"$tuple\": [1]}").ShouldBe(new NamedValue("x", new MontyTuple([1])));

    [Theory]
    [InlineData("x")]
    [InlineData("=1")]
    [InlineData("")]
    public void A_name_and_a_value_are_required(string text) =>
        Should.Throw<FormatException>(() => NamedValue.Parse(text)).Message.ShouldContain("Write NAME=JSON");

    [Theory]
    [InlineData("x=", "the value of x cannot be read")]
    [InlineData(
        "x=Lisbon",
        "line 1, column 1: 'L' is an invalid start of a value. Quote a string for JSON and for the shell: 'x=\"text\"'."
    )]
    [InlineData("x=[1,]", "line 1, column 4: ")]
    [InlineData("x={\"$nope\": 1}", "$nope")]
    public void An_error_in_the_JSON_is_reported_with_its_location(string text, string problem) =>
        Should.Throw<FormatException>(() => NamedValue.Parse(text)).Message.ShouldContain(problem);
}
