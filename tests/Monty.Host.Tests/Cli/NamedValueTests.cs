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
    public void Tags_carry_what_JSON_cannot_say() =>
        NamedValue.Parse("x={\"$tuple\": [1]}").ShouldBe(new NamedValue("x", new MontyTuple([1])));

    [Theory]
    [InlineData("x")]
    [InlineData("=1")]
    [InlineData("")]
    public void A_name_is_needed(string text) =>
        Should.Throw<FormatException>(() => NamedValue.Parse(text)).Message.ShouldContain("Write NAME=JSON");

    [Theory]
    [InlineData("x=", "the value of x cannot be read")]
    [InlineData("x=Lisbon", "line 1, column 1: 'L' is an invalid start of a value. A text needs quotes of its own: 'x=\"text\"'.")]
    [InlineData("x=[1,]", "line 1, column 4: ")]
    [InlineData("x={\"$nope\": 1}", "$nope")]
    public void Broken_JSON_is_shown_with_its_place(string text, string problem) =>
        Should.Throw<FormatException>(() => NamedValue.Parse(text)).Message.ShouldContain(problem);
}
