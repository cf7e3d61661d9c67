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
    public void A_duplicate_id_is_rejected()
    {
        using var folder = new TempFolder();
        var first = folder.Write("a.json", """[{"id": 34, "tier": 1, "name": "x", "code": ""}]""");
        var second = folder.Write("b.json", """[{"id": 34, "tier": 2, "name": "y", "code": ""}]""");

        Should
            .Throw<BadInputException>(() => FixtureFolder.Load(folder.Path))
            .Message.ShouldBe($"The fixture id 34 is used twice: in {first}, and by 'y' in {second}. Change one of them.");
    }

    [Theory]
    [InlineData("[{]", "a.json is not valid JSON: line 1, column 3: ")]
    [InlineData("{}", "a.json: expected an array of fixtures.")]
    [InlineData("[1]", "a.json, entry 1: expected an object.")]
    [InlineData("[{}]", "a.json, entry 1: the field 'id' is missing.")]
    [InlineData("""[{"id": 5}]""", "a.json, entry 1, fixture 5: the field 'code' is missing.")]
    [InlineData("""[{"id": 5, "code": "", "code": "1"}]""", "a.json is not valid JSON: ")]
    [InlineData("[", "a.json is not valid JSON: ")]
    public void An_invalid_file_is_rejected(string content, string message)
    {
        using var folder = new TempFolder();
        folder.Write("a.json", content);

        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Path)).Message.ShouldStartWith(Path.Combine(folder.Path, message));
    }

    [Fact]
    public void A_folder_without_fixtures_is_rejected()
    {
        using var folder = new TempFolder();

        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Path)).Message.ShouldContain("contains no *.json file");
        Should
            .Throw<BadInputException>(() => FixtureFolder.Load(folder.Path + "/nowhere"))
            .Message.ShouldStartWith($"The folder {folder.Path}/nowhere does not exist.");
        Should.Throw<BadInputException>(() => FixtureFolder.Load(folder.Write("x.json", "[]"))).Message.ShouldContain(" is a file.");
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("12", false)]
    [InlineData("caught", true)]
    [InlineData("CAUGHT_BY", true)]
    [InlineData("raised", false)]
    public void A_filter_is_a_tier_or_a_part_of_the_name(string filter, bool isMatch) =>
        FixtureFilter.IsMatch(filter, TestFixtures.Read("""{"id": 12, "tier": 2, "name": "caught_by_type"}""")).ShouldBe(isMatch);
}
