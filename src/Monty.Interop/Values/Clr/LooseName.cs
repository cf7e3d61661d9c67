namespace Monty.Interop.Values.Clr;

/// <summary>Matches names across the naming conventions of Python and C#: <c>zip_code</c>, <c>zipCode</c> and <c>ZipCode</c> match each other.</summary>
internal static class LooseName
{
    /// <summary>Returns the item with exactly this name, else the only item whose name differs just in case and underscores; null when there is none, or more than one.</summary>
    public static T? Find<T>(IEnumerable<T> items, Func<T, string> nameOf, string name)
        where T : class
    {
        T? only = null;
        var isAmbiguous = false;
        var normalized = Normalize(name);
        foreach (var item in items)
        {
            var candidate = nameOf(item);
            if (candidate == name)
            {
                return item;
            }

            if (Normalize(candidate) != normalized)
            {
                continue;
            }

            isAmbiguous |= only is not null;
            only = item;
        }

        return isAmbiguous ? null : only;
    }

    /// <summary>Returns true for names that differ only in case and underscores.</summary>
    public static bool AreAlike(string left, string right) => Normalize(left) == Normalize(right);

    /// <summary>Returns the name in upper case and without underscores, so that names of different conventions are equal.</summary>
    public static string Normalize(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
