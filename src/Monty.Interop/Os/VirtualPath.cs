namespace Monty.Interop.Os;

/// <summary>Normalizes the paths that scripts write, without accessing files.</summary>
internal static class VirtualPath
{
    /// <summary>Splits a path into its names from the root. Empty names and <c>.</c> are removed, <c>..</c> removes the name before it, and the parent of the root is the root.</summary>
    public static string[] Split(string path, string workingDirectory)
    {
        var names = new List<string>();
        if (!path.StartsWith('/'))
        {
            AddNames(workingDirectory);
        }

        AddNames(path);
        return [.. names];

        void AddNames(string part)
        {
            foreach (var name in part.Split('/'))
            {
                if (name is "" or ".")
                {
                    continue;
                }

                if (name != "..")
                {
                    names.Add(name);
                }
                else if (names.Count > 0)
                {
                    names.RemoveAt(names.Count - 1);
                }
            }
        }
    }

    public static string Join(ReadOnlySpan<string> names) => "/" + string.Join('/', names);

    /// <summary>True for an absolute path that <see cref="Split"/> would not change.</summary>
    public static bool IsNormal(string path) =>
        path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && Join(Split(path, "/")) == path;
}
