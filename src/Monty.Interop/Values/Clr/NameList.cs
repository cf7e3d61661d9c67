namespace Monty.Interop.Values.Clr;

/// <summary>Joins names for a sentence.</summary>
internal static class NameList
{
    /// <summary>Returns a text such as <c>a, b or c</c>.</summary>
    /// <param name="names">The names, at least one.</param>
    /// <param name="word">The word before the last name: and, or.</param>
    public static string Join(IReadOnlyList<string> names, string word) =>
        names is [var only] ? only : $"{string.Join(", ", names.SkipLast(1))} {word} {names[^1]}";
}
