using System.Globalization;
using System.Text;

namespace Monty.Interop.Values.Literals;

/// <summary>Reads Python's str and bytes literals: prefixes, all quotes, escapes, and parts beside each other.</summary>
internal sealed class LiteralText(LiteralCursor cursor)
{
    private const int LongestPrefix = 2;

    /// <summary>True when a quote is ahead, or letters with a quote behind them.</summary>
    public bool IsAhead()
    {
        var letters = 0;
        while (letters < LongestPrefix && char.IsAsciiLetter(cursor.Peek(letters)))
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
                throw cursor.Expected(
                    isBytes ? "another bytes literal (bytes and str do not join)" : "another str literal (bytes and str do not join)",
                    start
                );
            }
        }

        return isBytes ? new MontyBytes(Encoding.Latin1.GetBytes(text.ToString())) : new MontyStr(text.ToString());
    }

    /// <summary>Reads one quoted part.</summary>
    /// <returns>True for bytes, whose octets are the characters below U+0100.</returns>
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
            _ => throw cursor.Expected("one of the prefixes r, b, rb and u", start),
        };

        var quote = cursor.Next().ToString();
        var isTriple = cursor.Take(quote + quote);
        if (isTriple)
        {
            quote += quote + quote;
        }

        while (!cursor.Take(quote))
        {
            if (cursor.IsAtEnd || (!isTriple && cursor.Peek() is '\n' or '\r'))
            {
                throw cursor.Expected($"the closing {quote}");
            }

            if (cursor.Peek() != '\\')
            {
                AppendPlain(text, isBytes);
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

    private void AppendPlain(StringBuilder text, bool isBytes)
    {
        if (isBytes && !char.IsAscii(cursor.Peek()))
        {
            throw cursor.Expected(@"an ASCII character in bytes (others are written \xhh)");
        }

        text.Append(cursor.Next());
    }

    /// <summary>In a raw literal a backslash keeps the next character from ending it, and both stay.</summary>
    private void AppendRawEscape(StringBuilder text, bool isBytes)
    {
        text.Append(cursor.Next());
        if (!cursor.IsAtEnd)
        {
            AppendPlain(text, isBytes);
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
                cursor.Take("\n");
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
                text.Append(Octal(isBytes, start));
                break;
            case 'x':
                text.Append((char)Hexadecimal(2));
                break;
            case 'u' when !isBytes:
                text.Append((char)Hexadecimal(4));
                break;
            case 'U' when !isBytes:
                AppendCodePoint(text, Hexadecimal(8), start);
                break;
            case 'N' when !isBytes:
                throw cursor.Expected(@"a character by its number, \uhhhh (names are not looked up),", start);
            default:
                text.Append('\\');
                break; // as in Python, an unknown escape stays as it is
        }
    }

    private char Octal(bool isBytes, int start)
    {
        var value = 0;
        for (var digits = 0; digits < 3 && cursor.Peek() is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (cursor.Next() - '0');
        }

        return isBytes && value > 0xff ? throw cursor.Expected(@"an octal escape up to \377 in bytes", start) : (char)value;
    }

    private uint Hexadecimal(int digits)
    {
        cursor.Next();
        var start = cursor.Position;
        return
            cursor.TakeLength(digits) is var text
            && text.Length == digits
            && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw cursor.Expected($"{digits} hexadecimal digits", start);
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
