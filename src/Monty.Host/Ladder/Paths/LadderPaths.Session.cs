namespace Monty.Host.Ladder.Paths;

internal static partial class LadderPaths
{
    static partial void AddSessionPath(Dictionary<string, Func<ILadderPath>> paths) =>
        paths.Add(SessionPath.PathName, () => new SessionPath());
}
