using Monty.Host.Ladder.Checks;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class ValueMatchTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("{\"$int\": \"1\"}", "1")]
    [InlineData("1e3", "1000.0")]
    [InlineData("{\"$float\": \"nan\"}", "{\"$float\": \"nan\"}")]
    [InlineData("[1, [2]]", "[1, [2]]")]
    [InlineData("[1, [2]]", "{\"$tuple\": [1, {\"$tuple\": [2]}]}")]
    [InlineData("[2, 1]", "{\"$set\": [1, 2]}")]
    [InlineData("[[2, 1]]", "{\"$tuple\": [{\"$frozenset\": [1, 2]}]}")]
    [InlineData("{\"$set\": [1, 2]}", "{\"$set\": [2, 1]}")]
    [InlineData("{\"$tuple\": [[1]]}", "{\"$tuple\": [{\"$tuple\": [1]}]}")]
    [InlineData("{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}")]
    [InlineData("{\"$dict\": [[[1, 2], \"x\"]]}", "{\"$dict\": [[{\"$tuple\": [1, 2]}, \"x\"]]}")]
    [InlineData(
        "{\"$namedtuple\": {\"type\": \"P\", \"fields\": {\"x\": [1]}}}",
        "{\"$namedtuple\": {\"type\": \"P\", \"fields\": {\"x\": {\"$tuple\": [1]}}}}"
    )]
    [InlineData(
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}",
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}, \"id\": \"00000000-0000-0000-0000-000000000007\"}}"
    )]
    [InlineData("[[1, 2], {\"$frozenset\": [1, 2]}]", "{\"$set\": [{\"$frozenset\": [1, 2]}, {\"$tuple\": [1, 2]}]}")] // Pairing the first match would be wrong.
    public void Matching_values_are_accepted(string expected, string actual) =>
        ValueMatch.IsMatch(MontyJson.Parse(expected), MontyJson.Parse(actual)).ShouldBeTrue();

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1.0", "1")]
    [InlineData("1", "true")]
    [InlineData("true", "1")]
    [InlineData("0.0", "-0.0")]
    [InlineData("null", "0")]
    [InlineData("\"1\"", "1")]
    [InlineData("\"AA==\"", "{\"$bytes\": \"AA==\"}")]
    [InlineData("[1, 2]", "[2, 1]")]
    [InlineData("[1, 2]", "{\"$tuple\": [2, 1]}")]
    [InlineData("[1, 1]", "{\"$set\": [1]}")]
    [InlineData("[1]", "[1, 2]")]
    [InlineData("[]", "{}")]
    [InlineData("[\"a\"]", "\"a\"")]
    [InlineData("{\"$tuple\": [1]}", "[1]")]
    [InlineData("{\"$set\": [1]}", "[1]")]
    [InlineData("{\"$set\": [1]}", "{\"$frozenset\": [1]}")]
    [InlineData("{\"a\": 1}", "{\"a\": 1, \"b\": 2}")]
    [InlineData("{\"a\": 1}", "{\"a\": 2}")]
    [InlineData("{\"a\": 1}", "{\"b\": 1}")]
    [InlineData("[1, 2]", "{\"$namedtuple\": {\"type\": \"P\", \"fields\": {\"x\": 1, \"y\": 2}}}")]
    [InlineData("{\"x\": 1}", "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}")]
    [InlineData(
        "{\"$namedtuple\": {\"type\": \"P\", \"fields\": {\"x\": 1, \"y\": 2}}}",
        "{\"$namedtuple\": {\"type\": \"P\", \"fields\": {\"y\": 2, \"x\": 1}}}"
    )]
    [InlineData(
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}",
        "{\"$dataclass\": {\"type\": \"Q\", \"fields\": {\"x\": 1}}}"
    )]
    [InlineData(
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}",
        "{\"$instance\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}"
    )]
    [InlineData(
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 1}}}",
        "{\"$dataclass\": {\"type\": \"P\", \"fields\": {\"x\": 2}}}"
    )]
    [InlineData("[[1], [1]]", "{\"$set\": [{\"$tuple\": [1]}, {\"$tuple\": [2]}]}")]
    public void Other_values_are_rejected(string expected, string actual) =>
        ValueMatch.IsMatch(MontyJson.Parse(expected), MontyJson.Parse(actual)).ShouldBeFalse();

    [Theory]
    [InlineData("[3, 1, 3]", "[1, 3, 3]", true)]
    [InlineData("[3, 1, 1]", "[1, 3, 3]", false)]
    [InlineData("[3, 1]", "{\"$tuple\": [1, 3]}", true)]
    [InlineData("{\"$tuple\": [3, 1]}", "{\"$tuple\": [1, 3]}", true)]
    [InlineData("[[1, 2]]", "[[2, 1]]", false)] // The order of inner items matters.
    public void The_order_of_the_outermost_items_can_be_ignored(string expected, string actual, bool isMatch) =>
        ValueMatch.IsMatch(MontyJson.Parse(expected), MontyJson.Parse(actual), ignoreOrder: true).ShouldBe(isMatch);
}
