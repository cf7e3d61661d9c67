using Monty.Host.Cli.Tools;
using Monty.Host.Tests.Support;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Cli;

public sealed class ExpectedArgumentsTests
{
    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "true", true)]
    [InlineData("0.5", "0.5", true)]
    [InlineData("1.5", "1", false)]
    [InlineData("100000000000000000001", "1e20", false)]
    [InlineData("{\"$float\": \"nan\"}", "{\"$float\": \"nan\"}", false)]
    [InlineData("\"a\"", "\"b\"", false)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("[1, [2]]", "[1.0, [2]]", true)]
    [InlineData("[1]", "[1, 1]", false)]
    [InlineData("[1]", "{\"$tuple\": [1]}", false)]
    [InlineData("{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", true)]
    [InlineData("{\"a\": 1}", "{\"a\": 1, \"b\": 2}", false)]
    [InlineData("{\"$set\": [1, 2]}", "{\"$set\": [2, 1]}", true)]
    [InlineData("null", "null", true)]
    public void Values_are_compared_as_in_Python(string expected, string given, bool isMatch) =>
        new ExpectedArguments([MontyJson.Parse(expected)], new Dictionary<string, MontyValue>())
            .Match(Calls.Create("f", MontyJson.Parse(given)))
            .ShouldBe(isMatch);

    [Fact]
    public void All_arguments_of_the_call_must_match()
    {
        var expected = new ExpectedArguments([1], new Dictionary<string, MontyValue> { ["k"] = 2 });

        expected.Match(Calls.Create("f", 1).With("k", 2)).ShouldBeTrue();
        expected.Match(Calls.Create("f", 1)).ShouldBeFalse();
        expected.Match(Calls.Create("f", 1).With("k", 2).With("l", 3)).ShouldBeFalse();
        expected.Match(Calls.Create("f", 1).With("l", 2)).ShouldBeFalse();
        expected.Match(Calls.Create("f", 1, 2).With("k", 2)).ShouldBeFalse();
    }
}
