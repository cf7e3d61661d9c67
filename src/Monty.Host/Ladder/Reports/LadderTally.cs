using System.Globalization;
using Monty.Host.Ladder.Runs;

namespace Monty.Host.Ladder.Reports;

/// <summary>Counts the results of fixtures by tier and status.</summary>
internal sealed class LadderTally
{
    private readonly SortedDictionary<int, Dictionary<FixtureStatus, int>> tiers = [];

    /// <summary>True if every fixture passes, is skipped with a reason, or is a known gap.</summary>
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

    /// <summary>Returns one line for each tier and one for the total, or no lines if no fixture ran.</summary>
    public IEnumerable<string> GetLines(string path, TimeSpan duration)
    {
        foreach (var (tier, counts) in tiers)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"tier {tier, 2}: {Format(counts)}");
        }

        if (tiers.Count == 0)
        {
            yield break;
        }

        var allCounts = Enum.GetValues<FixtureStatus>().ToDictionary(status => status, Count);
        var total = allCounts.Values.Sum();
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{total} fixture{(total == 1 ? "" : "s")} on the path {path} in {duration.TotalSeconds:0.0} s: {Format(allCounts)}"
        );
    }

    private static string Format(Dictionary<FixtureStatus, int> counts) =>
        string.Join(
            ", ",
            Enum.GetValues<FixtureStatus>()
                .Where(status => status == FixtureStatus.Passed || counts.GetValueOrDefault(status) > 0)
                .Select(status => string.Create(CultureInfo.InvariantCulture, $"{counts.GetValueOrDefault(status)} {GetName(status)}"))
        );

    private static string GetName(FixtureStatus status) =>
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
