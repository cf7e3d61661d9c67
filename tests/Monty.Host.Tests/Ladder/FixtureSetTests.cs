using Monty.Host.Ladder.Fixtures;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The fixtures of the repository have the size and the ids that the ladder requires.</summary>
public sealed class FixtureSetTests
{
    private static readonly IReadOnlyList<Fixture> Fixtures = FixtureFolder.Load(TestFixtures.Folder);

    [Fact]
    public void Each_tier_has_its_minimum_number_of_fixtures()
    {
        int[] minimum = [11, 17, 9, 18, 6, 4, 12, 10, 12, 15, 7, 9, 6, 5, 4, 6, 6];

        Fixtures.Count.ShouldBeGreaterThanOrEqualTo(minimum.Sum());
        minimum.Sum().ShouldBe(157);
        Fixtures.GroupBy(f => f.Tier).OrderBy(t => t.Key).Select(t => t.Key).ShouldBe(Enumerable.Range(1, minimum.Length));
        for (var tier = 1; tier <= minimum.Length; tier++)
        {
            Fixtures.Count(f => f.Tier == tier).ShouldBeGreaterThanOrEqualTo(minimum[tier - 1], $"tier {tier}");
        }
    }

    [Fact]
    public void Ids_are_in_the_ranges_of_their_tiers() =>
        Fixtures.Where(f => !IsInRange(f)).Select(f => $"{f.Id} in tier {f.Tier}").ShouldBeEmpty();

    [Fact]
    public void No_fixture_is_skipped() => Fixtures.Where(f => f.Skip is not null).Select(f => $"{f.Id}: {f.Skip}").ShouldBeEmpty();

    [Fact]
    public void There_are_at_most_ten_known_gaps_and_each_names_its_documentation()
    {
        var gaps = Fixtures.Where(f => f.Xfail is not null).ToList();

        gaps.Count.ShouldBeLessThanOrEqualTo(10);
        gaps.ShouldAllBe(f => f.Xfail!.Contains("wire-protocol.md section", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_are_unique() => Fixtures.Select(f => f.Name).ShouldBeUnique();

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
