using System.Globalization;
using Monty.Host.Ladder.Runs;

namespace Monty.Host.Ladder.Reports;

/// <summary>Counts how fixtures went.</summary>
internal sealed class LadderTally
{
    private readonly SortedDictionary<int, Dictionary<FixtureStatus, int>> tiers = [];

    /// <summary>True when every fixture is ok, skipped with a reason, or a known gap.</summary>
    public bool IsGood => Count(FixtureStatus.Failed) + Count(FixtureStatus.UnexpectedPass) == 0;

    public void Add(FixtureResult result)
    {
        var tier = result.Fixture.Tier;
        if (!tiers.TryGetValue(tier, out var counts))
        {
            tiers.Add(tier, counts = []);
        }

        counts[result.Status] = counts.GetValueOrDefault(result.Status) + 1;
    }

    /// <summary>One line a tier, then the sum; nothing when nothing ran.</summary>
    public IEnumerable<string> Lines(string path, TimeSpan duration)
    {
        foreach (var (tier, counts) in tiers)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"tier {tier, 2}: {Text(counts)}");
        }

        if (tiers.Count == 0)
        {
            yield break;
        }

        var sum = Enum.GetValues<FixtureStatus>().ToDictionary(status => status, Count);
        var total = sum.Values.Sum();
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{total} fixture{(total == 1 ? "" : "s")} on the path {path} in {duration.TotalSeconds:0.0} s: {Text(sum)}"
        );
    }

    private static string Text(Dictionary<FixtureStatus, int> counts) =>
        string.Join(
            ", ",
            Enum.GetValues<FixtureStatus>()
                .Where(status => status == FixtureStatus.Passed || counts.GetValueOrDefault(status) > 0)
                .Select(status => string.Create(CultureInfo.InvariantCulture, $"{counts.GetValueOrDefault(status)} {Word(status)}"))
        );

    private static string Word(FixtureStatus status) =>
        status switch
        {
            FixtureStatus.Passed => "ok",
            FixtureStatus.Skipped => "skipped",
            FixtureStatus.ExpectedFailure => "xfail",
            FixtureStatus.Failed => "FAILED",
            _ => "XPASS",
        };

    private int Count(FixtureStatus status) => tiers.Values.Sum(counts => counts.GetValueOrDefault(status));
}
