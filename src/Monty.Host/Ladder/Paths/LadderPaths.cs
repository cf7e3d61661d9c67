namespace Monty.Host.Ladder.Paths;

/// <summary>The known paths, by name.</summary>
internal static class LadderPaths
{
    private static readonly Dictionary<string, Func<ILadderPath>> Known = new(StringComparer.Ordinal)
    {
        [InteropPath.PathName] = () => new InteropPath(),
        [SessionPath.PathName] = () => new SessionPath(),
    };

    public static string Default => InteropPath.PathName;

    /// <summary>The names, separated by commas, for help texts and messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    public static bool IsKnown(string name) => Known.ContainsKey(name);

    public static ILadderPath Open(string name) => Known[name]();
}
