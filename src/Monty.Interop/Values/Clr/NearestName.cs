namespace Monty.Interop.Values.Clr;

/// <summary>Finds the name that an unknown one was probably meant to be, for messages.</summary>
internal static class NearestName
{
    private const int LongestName = 100; // a script may write a longer one, and waits for the answer

    /// <summary>The name that is right but for case, underscores or up to a third of the letters; null when no name is that near.</summary>
    public static string? Find(IEnumerable<string> names, string unknown)
    {
        if (unknown.Length > LongestName)
        {
            return null;
        }

        var wanted = LooseName.Fold(unknown);
        var least = (wanted.Length / 3) + 1;
        string? nearest = null;
        foreach (var name in names)
        {
            var folded = LooseName.Fold(name);
            if (Math.Abs(folded.Length - wanted.Length) < least && CountEdits(folded, wanted) is var edits && edits < least)
            {
                least = edits;
                nearest = name;
            }
        }

        return nearest;
    }

    /// <summary>How many letters must be added, dropped, replaced or swapped with their neighbor.</summary>
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
