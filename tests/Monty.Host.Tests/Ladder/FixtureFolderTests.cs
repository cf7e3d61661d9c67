using Monty.Host.Cli;
using Monty.Host.Ladder.Fixtures;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class FixtureFolderTests
{
    [Fact]
    public void Files_are_read_in_the_order_of_their_names()
    {
        using var folder = new TempFolder();
        folder.Write("tier_02.json", """[{"id": 1, "tier": 2, "name": "b", "code": ""}, {"id": 3, "tier": 2, "name": "c", "code": ""}]""");
        folder.Write("tier_01.json", """[{"id": 2, "tier": 1, "name": "a", "code": ""}]""");
        folder.Write("readme.md", "not JSON");

        FixtureFolder.Load(folder.Path).Select(f => f.Id).ShouldBe([2, 1, 3]);
    }

    [Fact]
    public void An_id_that_is_there_twice_is_refused()
    {
        using var folder = new TempFolder();
        var first = folder.Write("a.json", """[{"id": 34, "tier": 1, "name": "x", "code": ""}]""");
        var second = folder.Write("b.json", """[{"id": 34, "tier": 2, "name": "y", "code": ""}]""");

        Should
            .Throw<BadInputException>(() => FixtureFolder.Load(folder.Path))
            .Message.ShouldBe($"The id 34 is there twice, in {first} and as 'y' in {second}. Give one of them another.");
    }

    [Theory]
    [InlineData("[{]", "a.json is no readable JSON: line 1, column 3: ")]
    [InlineData("{}", "a.json: an array of fixtures was expected.")]
    [InlineData("[1]", "a.json, entry 1: an object was expected.")]
    [InlineData("[{}]", "a.json, entry 1: it has no 'id'.")]
    [InlineData("""[{"id": 5}]""", "a.json, entry 1, fixture 5: it has no 'code'.")]
    [InlineData("""[{"id": 5, "code": "", "code": "1"}]""", "a.json is no readable JSON: ")]
    [InlineData("[", "a.json is no readable JSON: ")]
    public void A_file_that_holds_something_else_is_refused(string content, string message)
    {
        using var folder = new TempFolder();
        folder.Write("a.json", content);

        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Path)).Message.ShouldStartWith(Path.Combine(folder.Path, message));
    }

    [Fact]
    public void A_folder_without_fixtures_is_refused()
    {
        using var folder = new TempFolder();

        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Path)).Message.ShouldContain("it has no *.json file");
        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Path + "/nowhere")).Message.ShouldStartWith("There is no folder ");
        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Write("x.json", "[]"))).Message.ShouldContain(" is a file.");
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("12", false)]
    [InlineData("caught", true)]
    [InlineData("CAUGHT_BY", true)]
    [InlineData("raised", false)]
    public void A_filter_is_a_tier_or_a_part_of_the_name(string filter, bool takes) =>
        FixtureFilter.IsMatch(filter, Rungs.Read("""{"id": 12, "tier": 2, "name": "caught_by_type"}""")).ShouldBe(takes);
}
