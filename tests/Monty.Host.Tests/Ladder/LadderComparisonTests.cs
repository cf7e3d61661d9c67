using Monty.Host.Cli;
using Monty.Host.Ladder.Reports;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class LadderComparisonTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"id":1,"ok":true,"value":{"a":1,"b":[2.0]},"ms":5}""", """{"ms":9, "value":{"b":[2.00],"a":1}, "ok":true, "id":1}""")]
    [InlineData("""{"id":1,"ok":true,"value":null}""", """{"id":1,"ok":true,"xfail":true}""")]
    [InlineData("""{"id":1,"ok":true,"value":1e2}""", """{"id":1,"ok":true,"value":100.0}""")]
    [InlineData("""{"id":1,"ok":true,"value":"\u00e9"}""", """{"id":1,"ok":true,"value":"é"}""")]
    [InlineData("{\"id\":1,\"ok\":true}\n{\"id\":2,\"ok\":true}\n", "{\"id\":2,\"ok\":true}\n\n{\"id\":1,\"ok\":true}")]
    public void Equal_runs_have_no_differences(string first, string second) => Compare(first, second).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"id":1,"ok":true,"value":1}""", """{"id":1,"ok":true,"value":2}""", "fixture 1: value is 1 in A and 2 in B")]
    [InlineData("""{"id":1,"ok":true,"value":1}""", """{"id":1,"ok":true,"value":1.0}""", "fixture 1: value is 1 in A and 1.0 in B")]
    [InlineData("""{"id":1,"ok":true,"value":0.0}""", """{"id":1,"ok":true,"value":-0.0}""", "fixture 1: value is 0.0 in A and -0.0 in B")]
    [InlineData(
        """{"id":1,"ok":true,"value":[1,2]}""",
        """{"id":1,"ok":true,"value":[2,1]}""",
        "fixture 1: value is [1,2] in A and [2,1] in B"
    )]
    [InlineData("""{"id":1,"ok":true}""", """{"id":1,"ok":false}""", "fixture 1: ok is true in A and false in B")]
    [InlineData("{\"id\":1,\"ok\":true}\n{\"id\":2,\"ok\":true}", """{"id":1,"ok":true}""", "fixture 2: only in A")]
    [InlineData("""{"id":1,"ok":true}""", "{\"id\":1,\"ok\":true}\n{\"id\":2,\"ok\":true}", "fixture 2: only in B")]
    public void A_difference_is_described(string first, string second, string difference) => Compare(first, second).ShouldBe([difference]);

    [Fact]
    public void Differences_are_listed_in_the_order_of_ids() =>
        Compare("{\"id\":9,\"ok\":true}\n{\"id\":3,\"ok\":true,\"value\":1}", "{\"id\":3,\"ok\":false,\"value\":2}\n{\"id\":5,\"ok\":true}")
            .ShouldBe([
                "fixture 3: ok is true in A and false in B",
                "fixture 3: value is 1 in A and 2 in B",
                "fixture 5: only in B",
                "fixture 9: only in A",
            ]);

    [Theory]
    [InlineData("", " is empty. Name a file that was written with --jsonl.")]
    [InlineData("{}", ", line 1: expected the result of a fixture, with an 'id' and an 'ok'.")]
    [InlineData("\n[1]", ", line 2: expected the result of a fixture, with an 'id' and an 'ok'.")]
    [InlineData("""{"id":"1","ok":true}""", ", line 1: expected the result of a fixture, with an 'id' and an 'ok'.")]
    [InlineData("""{"id":1,"ok":"yes"}""", ", line 1: expected the result of a fixture, with an 'id' and an 'ok'.")]
    [InlineData(
        "{\"id\":1,\"ok\":true}\n{\"id\":1,\"ok\":true}",
        ", line 2: fixture 1 occurs twice. Compare files that contain one run each."
    )]
    [InlineData("tier 1: 11 ok", ", line 1 is not valid JSON: line 1, column ")]
    public void An_invalid_file_is_rejected(string content, string message)
    {
        var (good, bad) = (folder.Write("good", """{"id":1,"ok":true}"""), folder.Write("bad", content));

        Should.Throw<BadInputException>(() => LadderComparison.Compare(good, bad)).Message.ShouldStartWith(bad + message);
        Should.Throw<BadInputException>(() => LadderComparison.Compare(bad, good)).Message.ShouldStartWith(bad + message);
    }

    private IEnumerable<string> Compare(string first, string second)
    {
        var (a, b) = (folder.Write("a.jsonl", first), folder.Write("b.jsonl", second));
        return LadderComparison
            .Compare(a, b)
            .Select(d => d.Replace(a, "A", StringComparison.Ordinal).Replace(b, "B", StringComparison.Ordinal));
    }
}
