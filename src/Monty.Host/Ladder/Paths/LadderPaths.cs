namespace Monty.Host.Ladder.Paths;

/// <summary>The known paths, by name.</summary>
internal static partial class LadderPaths
{
    private static readonly Dictionary<string, Func<ILadderPath>> Known = FindAll();

    public static string Default => InteropPath.PathName;

    /// <summary>The names, separated by commas, for help texts and messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    public static bool IsKnown(string name) => Known.ContainsKey(name);

    public static ILadderPath Open(string name) => Known[name]();

    private static Dictionary<string, Func<ILadderPath>> FindAll()
    {
        var paths = new Dictionary<string, Func<ILadderPath>>(StringComparer.Ordinal) { [InteropPath.PathName] = () => new InteropPath() };
        AddSessionPath(paths);
        return paths;
    }

    /// <summary>Adds the path of durable sessions. A command line that is compiled ahead of time does not have it, because it does not contain Akka.NET.</summary>
    static partial void AddSessionPath(Dictionary<string, Func<ILadderPath>> paths);
}
