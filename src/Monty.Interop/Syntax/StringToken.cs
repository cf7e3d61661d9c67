using System.Buffers;

namespace Monty.Interop.Syntax;

/// <summary>Finds the end of Python strings, including f-strings whose expressions hold strings of their own.</summary>
/// <remarks>Linear, without recursion: nesting is kept on an explicit stack.</remarks>
internal static class StringToken
{
    private static readonly SearchValues<char> PrefixLetters = SearchValues.Create("rbuftRBUFT");

    /// <summary>Returns true when <paramref name="name"/>, followed by a quote, is the prefix of a string.</summary>
    public static bool IsPrefix(ReadOnlySpan<char> name) => name.Length is 1 or 2 && !name.ContainsAnyExcept(PrefixLetters);

    /// <summary>Finds the end of the string whose quote is at <paramref name="quote"/>. An unclosed string ends with its line or the source.</summary>
    public static StringEnd FindEnd(string source, int quote, ReadOnlySpan<char> prefix)
    {
        var opening = Opening.At(source, quote);
        return prefix.ContainsAny("ftFT") ? FormattedEnd(source, opening) : PlainEnd(source, opening);
    }

    private static StringEnd PlainEnd(string source, Opening opening)
    {
        var position = opening.End;
        while (position < source.Length && !opening.IsBrokenBy(source[position]))
        {
            if (opening.IsClosedAt(source, position))
            {
                return new StringEnd(position + opening.Length, StringClosure.Closed);
            }

            position += source[position] == '\\' ? 2 : 1;
        }

        return Unclosed(source, opening, position);
    }

    private static StringEnd FormattedEnd(string source, Opening opening)
    {
        var parts = new Stack<Part>();
        parts.Push(new Part(PartKind.Text, opening));
        var position = opening.End;
        var isBroken = false;
        while (position < source.Length && parts.TryPeek(out var part))
        {
            if (part.Kind == PartKind.Expression)
            {
                position = StepInExpression(source, position, parts, ref isBroken);
            }
            else if (part.Opening.IsBrokenBy(source[position]))
            {
                return new StringEnd(position, StringClosure.Broken);
            }
            else
            {
                position = StepInText(source, position, parts);
            }
        }

        var end =
            !parts.TryPeek(out var open) ? new StringEnd(position, StringClosure.Closed)
            : open.Kind == PartKind.Text ? Unclosed(source, open.Opening, position)
            : new StringEnd(Math.Min(position, source.Length), StringClosure.Open);
        return isBroken ? end with { Closure = StringClosure.Broken } : end;
    }

    /// <summary>Returns the end of a string without closing quotes.</summary>
    /// <remarks>A position past the source means that a backslash at its very end asks for another line.</remarks>
    private static StringEnd Unclosed(string source, Opening opening, int position) =>
        new(Math.Min(position, source.Length), opening.Length == 3 || position > source.Length ? StringClosure.Open : StringClosure.Broken);

    private static int StepInText(string source, int position, Stack<Part> parts)
    {
        var part = parts.Peek();
        var next = position + 1 < source.Length ? source[position + 1] : '\0';
        if (part.Opening.IsClosedAt(source, position))
        {
            // A quote in a format spec ends the whole string, and the expression that the spec belongs to.
            while (parts.Pop().Kind != PartKind.Text) { }

            return position + part.Opening.Length;
        }

        switch (source[position])
        {
            case '\\':
                return position + (next is '{' or '}' ? 1 : 2);
            case '{' when next == '{' && part.Kind == PartKind.Text:
                return position + 2;
            case '{':
                parts.Push(new Part(PartKind.Expression, part.Opening));
                break;
            case '}' when part.Kind == PartKind.Spec:
                parts.Pop();
                parts.Pop();
                break;
        }

        return position + 1;
    }

    private static int StepInExpression(string source, int position, Stack<Part> parts, ref bool isBroken)
    {
        var part = parts.Pop();
        var end = PythonLexeme.NameEnd(source, position);
        if (end > position)
        {
            var prefix = source.AsSpan(position, end - position);
            parts.Push(part);
            if (end == source.Length || source[end] is not ('"' or '\'') || !IsPrefix(prefix) || !prefix.ContainsAny("ftFT"))
            {
                return end;
            }

            var opening = Opening.At(source, end);
            parts.Push(new Part(PartKind.Text, opening));
            return opening.End;
        }

        switch (source[position])
        {
            case '"' or '\'':
                parts.Push(part);
                var text = PlainEnd(source, Opening.At(source, position));
                isBroken |= text.Closure == StringClosure.Broken;
                return text.Position;
            case '#':
                parts.Push(part);
                return source.IndexOf('\n', position) is var line and >= 0 ? line : source.Length;
            case '(' or '[' or '{':
                parts.Push(part with { Depth = part.Depth + 1 });
                break;
            case '}' when part.Depth == 0:
                break;
            case ')' or ']' or '}':
                parts.Push(part with { Depth = Math.Max(0, part.Depth - 1) });
                break;
            case ':' when part.Depth == 0:
                parts.Push(part);
                parts.Push(new Part(PartKind.Spec, part.Opening));
                break;
            default:
                parts.Push(part);
                break;
        }

        return position + 1;
    }

    /// <summary>The quotes that open a string: one, or three of a kind.</summary>
    private readonly record struct Opening(char Quote, int Length, int End)
    {
        public static Opening At(string source, int position)
        {
            var quote = source[position];
            var isTriple = position + 2 < source.Length && source[position + 1] == quote && source[position + 2] == quote;
            return new Opening(quote, isTriple ? 3 : 1, position + (isTriple ? 3 : 1));
        }

        public bool IsClosedAt(string source, int position) =>
            source[position] == Quote
            && (Length == 1 || (position + 2 < source.Length && source[position + 1] == Quote && source[position + 2] == Quote));

        public bool IsBrokenBy(char character) => character == '\n' && Length == 1;
    }

    /// <summary>The part of a string that is being read: its text, an expression in it, or the format spec of an expression.</summary>
    private readonly record struct Part(PartKind Kind, Opening Opening, int Depth = 0);

    private enum PartKind
    {
        Text,
        Expression,
        Spec,
    }
}

/// <summary>The end of a string.</summary>
/// <param name="Position">The position after it.</param>
/// <param name="Closure">The state of its closing quotes.</param>
internal readonly record struct StringEnd(int Position, StringClosure Closure);

/// <summary>The state of a string's closing quotes.</summary>
internal enum StringClosure
{
    /// <summary>The string has its closing quotes.</summary>
    Closed,

    /// <summary>The source ends inside the string, and more source could close it.</summary>
    Open,

    /// <summary>The line of the string ended first, so nothing can close it.</summary>
    Broken,
}
