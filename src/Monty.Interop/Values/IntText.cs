using System.Globalization;

namespace Monty.Interop;

/// <summary>The decimal text of an int, of any size.</summary>
internal static class IntText
{
    public static string Of(MontyInt value) =>
        value.TryGetInt64(out var small)
            ? small.ToString(CultureInfo.InvariantCulture)
            : value.Value.ToString(CultureInfo.InvariantCulture);
}
