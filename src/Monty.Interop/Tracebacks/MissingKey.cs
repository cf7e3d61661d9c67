using System.Buffers;
using System.Globalization;
using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>Tells whether the key of a <c>KeyError</c> is a str, which CPython shows in quotes.</summary>
/// <remarks>
/// The runtime sends the key as <c>str</c> makes text of it, so the key <c>1</c> and the key <c>"1"</c> arrive as the same message. The source
/// tells them apart where it names the exception or the key itself. Elsewhere a message that reads as the repr of another value is taken for
/// that value, and any other message for a str.
/// </remarks>
internal static class MissingKey
{
    /// <summary>The longest key that is examined, in UTF-16 units. A longer one is shown as it is, so that quoting it costs no memory.</summary>
    private const int MaxLength = TerminalText.MaxMessageLength;

    /// <summary>The one message that the runtime sends in quotes.</summary>
    private const string QuotedByRuntime = "'popitem(): dictionary is empty'";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.e+-");

    /// <summary>Returns true when the key of a KeyError is certainly, or most likely, a str.</summary>
    public static bool IsStr(PythonError error) =>
        error.Message is { Length: <= MaxLength } message
        && message != QuotedByRuntime
        && (!MayBeRepr(message) || IsRaisedByHost(error) || IsWrittenAsStr(error.Frames[^1]));

    /// <summary>Returns true for an error without frames: the arguments of exceptions that the host makes are always str.</summary>
    private static bool IsRaisedByHost(PythonError error) => error.Frames.Count == 0;

    /// <summary>Returns true where the source tells that the key is a str.</summary>
    private static bool IsWrittenAsStr(PythonFrame innermost) =>
        SourceExcerpt.From(innermost) is { FailedPart: { } part } excerpt
        && (innermost.HideCaret ? IsRaised(excerpt) : LooksUpStr(PythonTokens.Read(excerpt.Text[part.Start..part.End])));

    /// <summary>Returns true for <c>raise KeyError(…)</c>, which takes only a str in the runtime.</summary>
    private static bool IsRaised(SourceExcerpt excerpt) =>
        FailedStatement.From(excerpt) is { } statement && statement.FindRaise() is not null && statement.GetExceptionClass() is "KeyError";

    /// <summary>Returns true for <c>d["k"]</c>, <c>d.pop("k")</c> and <c>s.remove("k")</c>.</summary>
    private static bool LooksUpStr(PythonTokens tokens)
    {
        var closing = tokens.Count - 1;
        var opening = closing > 0 ? tokens.PartnerOf(closing) : -1;
        if (opening < 1 || opening + 1 == closing || !(tokens.IsText(opening, "[") || IsRemoval(tokens, opening)))
        {
            return false;
        }

        for (var index = opening + 1; index < closing; index++)
        {
            if (tokens[index].Kind != TokenKind.Text || IsBytes(tokens.TextOf(index)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRemoval(PythonTokens tokens, int opening) =>
        opening > 1 && tokens.IsText(opening, "(") && tokens.IsText(opening - 2, ".") && tokens.TextOf(opening - 1) is "pop" or "remove";

    private static bool IsBytes(ReadOnlySpan<char> literal) => literal[..literal.IndexOfAny('"', '\'')].ContainsAny('b', 'B');

    /// <summary>Returns true for a text that is the repr of a hashable value other than a str.</summary>
    private static bool MayBeRepr(string text)
    {
        if (text is ['<', .., '>'])
        {
            return true;
        }

        var tokens = PythonTokens.Read(text);
        return tokens.AreBalanced && (IsNumber(text) || IsConstant(text) || IsBytesRepr(tokens) || IsTuple(tokens) || IsCall(tokens));
    }

    /// <summary>Returns true for an int or float as Python writes it: without leading zeros, blanks or underscores.</summary>
    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('-');
        var isPlain = digits is ['0'] or ['0', '.', ..] or [>= '1' and <= '9', ..] && text.Length - digits.Length <= 1;
        return isPlain && !digits.ContainsAnyExcept(NumberCharacters) && double.TryParse(digits, CultureInfo.InvariantCulture, out _);
    }

    private static bool IsConstant(string text) =>
        text is "None" or "True" or "False" or "Ellipsis" or "NotImplemented" or "inf" or "-inf" or "nan";

    private static bool IsBytesRepr(PythonTokens tokens) =>
        tokens.Count == 1 && tokens[0].Kind == TokenKind.Text && tokens.TextOf(0) is ['b', '\'' or '"', ..];

    private static bool IsTuple(PythonTokens tokens)
    {
        if (!tokens.IsParenthesized(0, tokens.Count - 1))
        {
            return false;
        }

        for (var index = 1; index < tokens.Count - 1; index++)
        {
            if (tokens.IsText(index, ","))
            {
                return true;
            }

            index = Math.Max(index, tokens.PartnerOf(index));
        }

        return tokens.Count == 2;
    }

    /// <summary>Returns true for text such as <c>range(0, 3)</c>, <c>datetime.date(2026, 1, 2)</c> or <c>Point(x=1)</c>.</summary>
    private static bool IsCall(PythonTokens tokens)
    {
        var name = 0;
        while (name + 2 < tokens.Count && tokens[name].Kind == TokenKind.Name && tokens.IsText(name + 1, "."))
        {
            name += 2;
        }

        return name + 1 < tokens.Count && tokens[name].Kind == TokenKind.Name && tokens.IsParenthesized(name + 1, tokens.Count - 1);
    }
}
