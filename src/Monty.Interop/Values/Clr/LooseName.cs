namespace Monty.Interop.Values.Clr;

/// <summary>Finds a name across the conventions of two languages: <c>zip_code</c>, <c>zipCode</c> and <c>ZipCode</c> are one.</summary>
internal static class LooseName
{
    /// <summary>The item of exactly this name, else the only one that differs in case and underscores; null when there is none or more than one.</summary>
    public static T? Find<T>(IEnumerable<T> items, Func<T, string> nameOf, string name)
        where T : class
    {
        T? only = null;
        var isAmbiguous = false;
        var folded = Fold(name);
        foreach (var item in items)
        {
            var candidate = nameOf(item);
            if (candidate == name)
            {
                return item;
            }

            if (Fold(candidate) != folded)
            {
                continue;
            }

            isAmbiguous |= only is not null;
            only = item;
        }

        return isAmbiguous ? null : only;
    }

    /// <summary>True for names that differ in case and underscores only.</summary>
    public static bool AreAlike(string left, string right) => Fold(left) == Fold(right);

    /// <summary>The name without what the conventions differ in.</summary>
    public static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
