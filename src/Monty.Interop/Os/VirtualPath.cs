namespace Monty.Interop.Os;

/// <summary>Paths as scripts write them, made absolute without looking at any file.</summary>
internal static class VirtualPath
{
    /// <summary>The names from the virtual root: <c>.</c> and empty ones are dropped, <c>..</c> takes the name before it away, and nothing is above the root.</summary>
    public static string[] NamesOf(string path, string workingDirectory)
    {
        var names = new List<string>();
        if (!path.StartsWith('/'))
        {
            Walk(workingDirectory);
        }

        Walk(path);
        return [.. names];

        void Walk(string part)
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

    /// <summary>True for a path from the root without anything that <see cref="NamesOf"/> would drop.</summary>
    public static bool IsNormal(string path) =>
        path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && Join(NamesOf(path, "/")) == path;
}
