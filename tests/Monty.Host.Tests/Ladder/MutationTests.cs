using System.Text.Json.Nodes;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>A ladder that passes proves nothing unless a wrong expectation fails: every field of every fixture is broken in turn.</summary>
public sealed class MutationTests
{
    /// <summary>What is not checked by itself, and where it is tested.</summary>
    private static readonly string[] NotBroken =
    [
        "id",
        "tier",
        "name",
        "code",
        "xfail",
        "nativeOnly", // says nothing here
        "expectedSorted", // ValueMatchTests
    ];

    [Fact]
    public async Task A_broken_field_fails_its_fixture()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var survivors = new List<string>();
        var broken = new Dictionary<string, int>();
        foreach (var fixture in Rungs.All().Where(f => f["xfail"] is null))
        {
            foreach (var (field, mutant) in Mutations.Of(fixture))
            {
                broken[field] = broken.GetValueOrDefault(field) + 1;
                var result = await run.RunAsync(Rungs.Read(mutant), CancellationToken.None);
                if (result.Status != FixtureStatus.Failed)
                {
                    survivors.Add($"{fixture["id"]} {result.Status}: {field} is {mutant[field]?.ToJsonString()}");
                }
            }
        }

        survivors.ShouldBeEmpty();
        broken.Values.Sum().ShouldBeGreaterThan(2000);
        Rungs.All().SelectMany(f => f.Select(m => m.Key)).Distinct().Except(broken.Keys).ShouldBe(NotBroken, ignoreOrder: true);
    }

    [Fact]
    public async Task A_known_gap_that_passes_is_told_apart()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        foreach (var fixture in Rungs.All().Where(f => (int)f["tier"]! is 1 or 5 or 12))
        {
            var isGap = fixture["xfail"] is not null;
            var turned = fixture.DeepClone().AsObject();
            turned["xfail"] = isGap ? null : "a gap that is not there";

            var result = await run.RunAsync(Rungs.Read(turned), CancellationToken.None);

            result.Status.ShouldBe(isGap ? FixtureStatus.Failed : FixtureStatus.UnexpectedPass, fixture["name"]!.ToString());
        }
    }

    [Theory]
    [InlineData("""{"code": "1", "expectedColour": "red"}""", "unknown field expectedColour")]
    [InlineData("""{"code": "1/0", "xfail": "a gap", "shape": 1, "size": [2]}""", "unknown fields shape, size")]
    [InlineData("""{"code": "1", "limits": {"maxDurationMs": 5, "maxCost": 2}}""", "unknown field limits.maxCost")]
    [InlineData("""{"replSteps": [{"code": "1"}, {"code": "2", "wait": 1}]}""", "unknown field replSteps[1].wait")]
    [InlineData("""{"code": "1", "osCallResponses": [{"operation": "open", "path": "x"}]}""", "unknown field osCallResponses[0].path")]
    [InlineData("""{"code": "1", "hostObjects": {"db": {"methods": [], "parent": "x"}}}""", "unknown field hostObjects.db.parent")]
    [InlineData("""{"code": "1", "typeCheckExpected": {"hasErrors": false, "strict": true}}""", "unknown field typeCheckExpected.strict")]
    public async Task A_field_that_is_not_known_skips_the_fixture(string json, string reason)
    {
        var result = await Rungs.RunAsync(json);

        result.Status.ShouldBe(FixtureStatus.Skipped);
        result.Fixture.Skip.ShouldBe(reason);
    }

    [Fact]
    public async Task A_field_that_is_null_says_nothing_even_when_it_is_not_known()
    {
        var json = new JsonObject
        {
            ["code"] = "1 + 1",
            ["expected"] = 2,
            ["expectedColour"] = null,
            ["errorContains"] = null,
            ["limits"] = null,
        };

        (await Rungs.RunAsync(json.ToJsonString())).Status.ShouldBe(FixtureStatus.Passed);
    }
}
