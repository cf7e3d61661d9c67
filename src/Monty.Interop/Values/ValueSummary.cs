using System.Text;

namespace Monty.Interop.Values;

/// <summary>A value as an error message shows it.</summary>
internal static class ValueSummary
{
    private const int LongestRepr = 60;

    /// <summary>The kind and the start of the repr, such as <c>the str 'abc'</c>.</summary>
    public static string Summarize(MontyValue value)
    {
        if (value is MontyNone)
        {
            return "None";
        }

        var repr = new StringBuilder();
        PythonRepr.Append(repr, value, LongestRepr);
        if (repr.Length > LongestRepr)
        {
            repr.Remove(LongestRepr, repr.Length - LongestRepr).Append('…');
        }

        return $"the {value.TypeName} {repr}";
    }
}
