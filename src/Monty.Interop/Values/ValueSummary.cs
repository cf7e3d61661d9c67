namespace Monty.Interop;

/// <summary>A value as an error message shows it.</summary>
internal static class ValueSummary
{
    private const int LongestRepr = 60;

    /// <summary>The kind and the start of the repr, such as <c>the str 'abc'</c>.</summary>
    public static string Of(MontyValue value)
    {
        if (value is MontyNone) return "None";
        var repr = value.ToString();
        return $"the {value.TypeName} {(repr.Length <= LongestRepr ? repr : string.Concat(repr.AsSpan(0, LongestRepr), "…"))}";
    }
}
