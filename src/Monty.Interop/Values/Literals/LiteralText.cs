using System.Globalization;
using System.Text;

namespace Monty.Interop.Values.Literals;

/// <summary>Parses Python's str and bytes literals, with prefixes, all kinds of quotes, escapes, and concatenation of adjacent literals.</summary>
internal sealed class LiteralText(LiteralCursor cursor)
{
    private const int MaxPrefixLength = 2;

    /// <summary>Returns true when the text continues with a quote, or with a prefix and a quote.</summary>
    public bool IsAhead()
    {
        var letters = 0;
        while (letters < MaxPrefixLength && char.IsAsciiLetter(cursor.Peek(letters)))
        {
            letters++;
        }

        return cursor.Peek(letters) is '\'' or '"';
    }

    public MontyValue Parse()
    {
        var text = new StringBuilder();
        var isBytes = ParsePart(text);
        while (true)
        {
            cursor.SkipSpace();
            if (!IsAhead())
            {
                break;
            }

            var start = cursor.Position;
            if (ParsePart(text) != isBytes)
            {
                throw cursor.Expected($"another {(isBytes ? "bytes" : "str")} literal (bytes and str cannot be concatenated)", start);
            }
        }

        return isBytes ? new MontyBytes(Encoding.Latin1.GetBytes(text.ToString())) : new MontyStr(text.ToString());
    }

    /// <summary>Parses one literal with its quotes.</summary>
    /// <returns>True for bytes, which are appended as characters below U+0100.</returns>
    private bool ParsePart(StringBuilder text)
    {
        var start = cursor.Position;
        var (isRaw, isBytes) = cursor.TakeWhile(char.IsAsciiLetter) switch
        {
            "" or "u" or "U" => (false, false),
            "r" or "R" => (true, false),
            "b" or "B" => (false, true),
            "br" or "bR" or "Br" or "BR" or "rb" or "rB" or "Rb" or "RB" => (true, true),
            "f" or "F" or "fr" or "rf" or "t" or "T" => throw cursor.Expected("a constant (an f-string is code)", start),
            _ => throw cursor.Expected("the prefix r, b, rb or u", start),
        };

        var quote = cursor.Next().ToString();
        var isTriple = cursor.TryTake(quote + quote);
        if (isTriple)
        {
            quote += quote + quote;
        }

        while (!cursor.TryTake(quote))
        {
            if (cursor.IsAtEnd || (!isTriple && cursor.Peek() is '\n' or '\r'))
            {
                throw cursor.Expected($"the closing {quote}");
            }

            if (cursor.Peek() != '\\')
            {
                AppendCharacter(text, isBytes);
            }
            else if (isRaw)
            {
                AppendRawEscape(text, isBytes);
            }
            else
            {
                AppendEscape(text, isBytes);
            }
        }

        return isBytes;
    }

    private void AppendCharacter(StringBuilder text, bool isBytes)
    {
        if (isBytes && !char.IsAscii(cursor.Peek()))
        {
            throw cursor.Expected(@"an ASCII character in bytes (others are written \xhh)");
        }

        text.Append(cursor.Next());
    }

    /// <summary>Appends a backslash and the next character. In a raw literal, a quote after a backslash does not end the literal, and both characters are kept.</summary>
    private void AppendRawEscape(StringBuilder text, bool isBytes)
    {
        text.Append(cursor.Next());
        if (!cursor.IsAtEnd)
        {
            AppendCharacter(text, isBytes);
        }
    }

    private void AppendEscape(StringBuilder text, bool isBytes)
    {
        var start = cursor.Position;
        cursor.Next();
        switch (cursor.Peek())
        {
            case '\n':
                cursor.Next();
                break;
            case '\r':
                cursor.Next();
                cursor.TryTake("\n");
                break;
            case var c and ('\\' or '\'' or '"'):
                cursor.Next();
                text.Append(c);
                break;
            case 'a':
                cursor.Next();
                text.Append('\a');
                break;
            case 'b':
                cursor.Next();
                text.Append('\b');
                break;
            case 'f':
                cursor.Next();
                text.Append('\f');
                break;
            case 'n':
                cursor.Next();
                text.Append('\n');
                break;
            case 'r':
                cursor.Next();
                text.Append('\r');
                break;
            case 't':
                cursor.Next();
                text.Append('\t');
                break;
            case 'v':
                cursor.Next();
                text.Append('\v');
                break;
            case >= '0' and <= '7':
                text.Append(ParseOctal(isBytes, start));
                break;
            case 'x':
                text.Append((char)ParseHexadecimal(2));
                break;
            case 'u' when !isBytes:
                text.Append((char)ParseHexadecimal(4));
                break;
            case 'U' when !isBytes:
                AppendCodePoint(text, ParseHexadecimal(8), start);
                break;
            case 'N' when !isBytes:
                throw cursor.Expected(@"a numeric escape such as \uhhhh (character names are not supported)", start);
            default:
                text.Append('\\'); // As in Python, an unknown escape is kept unchanged.
                break;
        }
    }

    private char ParseOctal(bool isBytes, int start)
    {
        var value = 0;
        for (var digits = 0; digits < 3 && cursor.Peek() is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (cursor.Next() - '0');
        }

        return isBytes && value > 0xff ? throw cursor.Expected(@"an octal escape up to \377 in bytes", start) : (char)value;
    }

    private uint ParseHexadecimal(int digits)
    {
        cursor.Next();
        var start = cursor.Position;
        var text = cursor.TakeLength(digits);
        if (text.Length < digits || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw cursor.Expected($"{digits} hexadecimal digits", start);
        }

        return value;
    }

    private void AppendCodePoint(StringBuilder text, uint value, int start)
    {
        if (value <= char.MaxValue)
        {
            text.Append((char)value);
        }
        else if (Rune.TryCreate(value, out var rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            throw cursor.Expected(@"a character up to \U0010ffff", start);
        }
    }
}
