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
        var plain = Plain(name);
        foreach (var item in items)
        {
            var candidate = nameOf(item);
            if (candidate == name)
            {
                return item;
            }

            if (!Plain(candidate).Equals(plain, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            isAmbiguous |= only is not null;
            only = item;
        }

        return isAmbiguous ? null : only;
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
