namespace Monty.Interop.Values.Clr;

/// <summary>Finds the name that was probably meant by an unknown name, for error messages.</summary>
internal static class NearestName
{
    private const int LongestName = 100; // longer names are not compared, because a script may use huge ones and waits for the answer

    /// <summary>Returns the name that differs least in letters, by at most a third of them, ignoring case and underscores; or null when all differ more.</summary>
    public static string? Find(IEnumerable<string> names, string unknown)
    {
        if (unknown.Length > LongestName)
        {
            return null;
        }

        var wanted = LooseName.Normalize(unknown);
        var least = (wanted.Length / 3) + 1;
        string? nearest = null;
        foreach (var name in names)
        {
            var folded = LooseName.Normalize(name);
            if (Math.Abs(folded.Length - wanted.Length) < least && CountEdits(folded, wanted) is var edits && edits < least)
            {
                least = edits;
                nearest = name;
            }
        }

        return nearest;
    }

    /// <summary>Counts the letters that must be added, removed, replaced or swapped with their neighbor.</summary>
    private static int CountEdits(string from, string to)
    {
        int[] beforeLast = [];
        int[] last = [.. Enumerable.Range(0, to.Length + 1)];
        for (var i = 1; i <= from.Length; i++)
        {
            var row = new int[to.Length + 1];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            beforeLast = last;
            last = row;
        }

        return last[to.Length];
    }
}
