using Monty.Host.Ladder.Fixtures;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The repository's own set is as large and as wide as the ladder asks for.</summary>
public sealed class FixtureSetTests
{
    private static readonly IReadOnlyList<Fixture> Fixtures = FixtureFolder.Load(Rungs.Folder);

    [Fact]
    public void Each_tier_has_the_fixtures_it_must_have()
    {
        int[] least = [11, 17, 9, 18, 6, 4, 12, 10, 12, 15, 7, 9, 6, 5, 4, 6, 6];

        Fixtures.Count.ShouldBeGreaterThanOrEqualTo(least.Sum());
        least.Sum().ShouldBe(157);
        Fixtures.GroupBy(f => f.Tier).OrderBy(t => t.Key).Select(t => t.Key).ShouldBe(Enumerable.Range(1, least.Length));
        for (var tier = 1; tier <= least.Length; tier++)
        {
            Fixtures.Count(f => f.Tier == tier).ShouldBeGreaterThanOrEqualTo(least[tier - 1], $"tier {tier}");
        }
    }

    [Fact]
    public void Ids_are_in_the_ranges_of_their_tiers() =>
        Fixtures.Where(f => !IsInRange(f)).Select(f => $"{f.Id} in tier {f.Tier}").ShouldBeEmpty();

    [Fact]
    public void Nothing_is_skipped() => Fixtures.Where(f => f.Skip is not null).Select(f => $"{f.Id}: {f.Skip}").ShouldBeEmpty();

    [Fact]
    public void Known_gaps_are_few_and_say_where_they_are_written_down()
    {
        var gaps = Fixtures.Where(f => f.Xfail is not null).ToList();

        gaps.Count.ShouldBeLessThanOrEqualTo(10);
        gaps.ShouldAllBe(f => f.Xfail!.Contains("wire-protocol.md section", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_are_different() => Fixtures.Select(f => f.Name).ShouldBeUnique();

    private static bool IsInRange(Fixture fixture) =>
        fixture.Tier switch
        {
            <= 7 => fixture.Id is >= 1 and <= 99 or >= 500,
            8 => fixture.Id is >= 100 and <= 109 or >= 500,
            9 => fixture.Id is >= 110 and <= 121 or >= 500,
            10 => fixture.Id is >= 130 and <= 144,
            11 => fixture.Id is >= 150 and <= 156,
            12 => fixture.Id is >= 160 and <= 168,
            13 => fixture.Id is >= 170 and <= 175 or >= 500,
            14 => fixture.Id is >= 180 and <= 184,
            15 => fixture.Id is >= 190 and <= 193 or >= 500,
            16 => fixture.Id is >= 200 and <= 205,
            _ => fixture.Id is >= 210 and <= 215,
        };
}
