namespace Monty.Host.Ladder.Checks;

/// <summary>Matches the items of two collections without regard to their order (bipartite matching).</summary>
/// <remarks>A greedy search is not enough: an expected list matches several kinds, so the first match may be the wrong one.</remarks>
internal static class Pairing
{
    /// <summary>Returns true if the items of both spans can be paired so that every pair matches and no item remains.</summary>
    public static bool IsPossible<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Func<T, T, bool> isMatch)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        var partners = new int[right.Length];
        Array.Fill(partners, -1);
        for (var index = 0; index < left.Length; index++)
        {
            if (!TryAssign(index, left, right, isMatch, partners, new bool[right.Length]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Assigns a partner to one item of <paramref name="left"/>, and assigns other partners to earlier items if needed.</summary>
    private static bool TryAssign<T>(
        int index,
        ReadOnlySpan<T> left,
        ReadOnlySpan<T> right,
        Func<T, T, bool> isMatch,
        int[] partners,
        bool[] tried
    )
    {
        for (var other = 0; other < right.Length; other++)
        {
            if (tried[other] || !isMatch(left[index], right[other]))
            {
                continue;
            }

            tried[other] = true;
            if (partners[other] >= 0 && !TryAssign(partners[other], left, right, isMatch, partners, tried))
            {
                continue;
            }

            partners[other] = index;
            return true;
        }

        return false;
    }
}
