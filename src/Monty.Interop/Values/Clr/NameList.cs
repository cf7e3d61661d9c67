namespace Monty.Interop.Values.Clr;

/// <summary>Names in a sentence.</summary>
internal static class NameList
{
    /// <summary>Such as <c>a, b or c</c>.</summary>
    /// <param name="names">At least one.</param>
    /// <param name="word">The word before the last: and, or.</param>
    public static string Join(IReadOnlyList<string> names, string word) =>
        names is [var only] ? only : $"{string.Join(", ", names.SkipLast(1))} {word} {names[^1]}";
}
