using System.Globalization;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Which fixtures run: a number is a tier, any other text is a part of the name.</summary>
internal static class FixtureFilter
{
    public static bool IsMatch(string filter, Fixture fixture) =>
        int.TryParse(filter, NumberStyles.None, CultureInfo.InvariantCulture, out var tier)
            ? fixture.Tier == tier
            : fixture.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);
}
