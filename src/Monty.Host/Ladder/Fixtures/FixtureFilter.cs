using System.Globalization;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Selects fixtures. A number selects a tier, and any other text selects the fixtures whose name contains it.</summary>
internal static class FixtureFilter
{
    public static bool IsMatch(string filter, Fixture fixture) =>
        int.TryParse(filter, NumberStyles.None, CultureInfo.InvariantCulture, out var tier)
            ? fixture.Tier == tier
            : fixture.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);
}
