using System.Text;

namespace Monty.Interop.Values;

/// <summary>Describes values in error messages.</summary>
internal static class ValueSummary
{
    private const int MaxReprLength = 60;

    /// <summary>Returns the type and the beginning of the repr, such as <c>the str 'abc'</c>.</summary>
    public static string Summarize(MontyValue value) =>
        value is MontyNone ? "None" : $"the {ValuePath.Shorten(value.TypeName)} {Truncate(value, MaxReprLength)}";

    /// <summary>Returns the repr, truncated. The time and memory depend on <paramref name="maxLength"/>, not on the size of the value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="maxLength">The maximum number of characters. A truncated text ends with <c>…</c> in addition.</param>
    public static string Truncate(MontyValue value, int maxLength)
    {
        maxLength = Math.Min(maxLength, SizeLimits.StringLength - 1);
        var repr = new StringBuilder();
        PythonRepr.Append(repr, value, maxLength);
        if (repr.Length > maxLength)
        {
            repr.Remove(maxLength, repr.Length - maxLength);
            if (maxLength > 0 && char.IsHighSurrogate(repr[^1]))
            {
                repr.Remove(maxLength - 1, 1); // the first half of a surrogate pair
            }

            repr.Append('…');
        }

        return repr.ToString();
    }
}
