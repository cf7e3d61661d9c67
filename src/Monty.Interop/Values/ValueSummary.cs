using System.Text;

namespace Monty.Interop.Values;

/// <summary>A value as an error message shows it.</summary>
internal static class ValueSummary
{
    private const int LongestRepr = 60;

    /// <summary>The kind and the start of the repr, such as <c>the str 'abc'</c>.</summary>
    public static string Summarize(MontyValue value) =>
        value is MontyNone ? "None" : $"the {ValuePath.Shorten(value.TypeName)} {Cut(value, LongestRepr)}";

    /// <summary>The repr, cut: no more text is made than is asked for.</summary>
    /// <param name="value">The value.</param>
    /// <param name="maxLength">The most characters; one more, <c>…</c>, stands for the rest.</param>
    public static string Cut(MontyValue value, int maxLength)
    {
        maxLength = Math.Min(maxLength, SizeLimits.StringLength - 1);
        var repr = new StringBuilder();
        PythonRepr.Append(repr, value, maxLength);
        if (repr.Length > maxLength)
        {
            repr.Remove(maxLength, repr.Length - maxLength);
            if (maxLength > 0 && char.IsHighSurrogate(repr[^1]))
            {
                repr.Remove(maxLength - 1, 1); // half a character is none
            }

            repr.Append('…');
        }

        return repr.ToString();
    }
}
