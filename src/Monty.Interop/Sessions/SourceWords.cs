namespace Monty.Interop.Sessions;

/// <summary>Enumerates the words of Python source, including those in comments and strings. Every name that the source refers to is among them.</summary>
internal ref struct SourceWords
{
    private ReadOnlySpan<char> rest;

    private SourceWords(ReadOnlySpan<char> source) => rest = source;

    public ReadOnlySpan<char> Current { get; private set; }

    public static SourceWords In(string source) => new(source);

    public readonly SourceWords GetEnumerator() => this;

    public bool MoveNext()
    {
        var start = 0;
        while (start < rest.Length && !IsInWord(rest[start]))
        {
            start++;
        }

        var end = start;
        while (end < rest.Length && IsInWord(rest[end]))
        {
            end++;
        }

        Current = rest[start..end];
        rest = rest[end..];
        return !Current.IsEmpty;
    }

    private static bool IsInWord(char character) =>
        char.IsAsciiLetterOrDigit(character) || character == '_' || (character > '\x7f' && character != '\ufeff');
}
