namespace Monty.Host.Ladder.Checks;

/// <summary>Whether two collections can be put in pairs; taking the first that fits is not enough, as a list fits several kinds.</summary>
internal static class Pairing
{
    /// <summary>True when each of <paramref name="left"/> can have one of <paramref name="right"/> for itself, with none left.</summary>
    public static bool Exists<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Func<T, T, bool> fits)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        var partners = new int[right.Length];
        Array.Fill(partners, -1);
        for (var index = 0; index < left.Length; index++)
        {
            if (!Place(index, left, right, fits, partners, new bool[right.Length]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives one of <paramref name="left"/> a partner, moving others to another one where needed.</summary>
    private static bool Place<T>(
        int index,
        ReadOnlySpan<T> left,
        ReadOnlySpan<T> right,
        Func<T, T, bool> fits,
        int[] partners,
        bool[] tried
    )
    {
        for (var other = 0; other < right.Length; other++)
        {
            if (tried[other] || !fits(left[index], right[other]))
            {
                continue;
            }

            tried[other] = true;
            if (partners[other] >= 0 && !Place(partners[other], left, right, fits, partners, tried))
            {
                continue;
            }

            partners[other] = index;
            return true;
        }

        return false;
    }
}
