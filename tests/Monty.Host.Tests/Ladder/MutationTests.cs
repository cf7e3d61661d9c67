using System.Text.Json.Nodes;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Runs;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>Changes every field of every fixture in turn, and checks that the fixture fails with a wrong expectation.</summary>
public sealed class MutationTests
{
    /// <summary>The fields that have no mutations.</summary>
    private static readonly string[] FieldsWithoutMutations =
    [
        "id",
        "tier",
        "name",
        "code",
        "xfail",
        "nativeOnly", // It has no effect in this runner.
        "expectedSorted", // ValueMatchTests tests it.
    ];

    [Fact]
    public async Task A_fixture_with_one_wrong_field_fails()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        var survivors = new List<string>();
        var mutantCounts = new Dictionary<string, int>();
        foreach (var fixture in TestFixtures.All().Where(f => f["xfail"] is null))
        {
            foreach (var (field, mutant) in Mutations.Create(fixture))
            {
                mutantCounts[field] = mutantCounts.GetValueOrDefault(field) + 1;
                var result = await run.RunAsync(TestFixtures.Read(mutant), CancellationToken.None);
                if (result.Status != FixtureStatus.Failed)
                {
                    survivors.Add($"{fixture["id"]} {result.Status}: {field} is {mutant[field]?.ToJsonString()}");
                }
            }
        }

        survivors.ShouldBeEmpty();
        mutantCounts.Values.Sum().ShouldBeGreaterThan(2000);
        TestFixtures
            .All()
            .SelectMany(f => f.Select(m => m.Key))
            .Distinct()
            .Except(mutantCounts.Keys)
            .ShouldBe(FieldsWithoutMutations, ignoreOrder: true);
    }

    [Fact]
    public async Task A_known_gap_that_passes_is_an_unexpected_pass()
    {
        using var path = new InteropPath();
        var run = new FixtureRun(path, TimeProvider.System);
        foreach (var fixture in TestFixtures.All().Where(f => (int)f["tier"]! is 1 or 5 or 12))
        {
            var isGap = fixture["xfail"] is not null;
            var mutant = fixture.DeepClone().AsObject();
            mutant["xfail"] = isGap ? null : "a gap that does not exist";

            var result = await run.RunAsync(TestFixtures.Read(mutant), CancellationToken.None);

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
    public async Task An_unknown_field_skips_the_fixture(string json, string reason)
    {
        var result = await TestFixtures.RunAsync(json);

        result.Status.ShouldBe(FixtureStatus.Skipped);
        result.Fixture.Skip.ShouldBe(reason);
    }

    [Fact]
    public async Task A_field_that_is_null_is_ignored_even_if_it_is_unknown()
    {
        var json = new JsonObject
        {
            ["code"] = "1 + 1",
            ["expected"] = 2,
            ["expectedColour"] = null,
            ["errorContains"] = null,
            ["limits"] = null,
        };

        (await TestFixtures.RunAsync(json.ToJsonString())).Status.ShouldBe(FixtureStatus.Passed);
    }
}
