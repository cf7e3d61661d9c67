using System.Globalization;
using System.Numerics;

namespace Monty.Interop.Values.Literals;

/// <summary>Reads Python's ints and floats, with underscores between digits.</summary>
internal sealed class LiteralNumber(LiteralCursor cursor)
{
    /// <summary>The maximum size of an int whose hexadecimal digits still fit into JSON. The limit of <see cref="BigInteger"/> is a little higher.</summary>
    private const long MaxBits = 4L * MontyJson.MaxTextLength;

    public MontyValue Parse(bool isNegative)
    {
        var start = cursor.Position;
        var value = cursor.Peek() == '0' && GetBitsPerDigit(cursor.Peek(1)) is { } bits ? ParseBase(bits) : ParseDecimal(isNegative);
        if (cursor.Peek() is 'j' or 'J')
        {
            throw cursor.Expected("a real number (the runtime has no complex numbers)", start);
        }

        if (char.IsLetterOrDigit(cursor.Peek()) || cursor.Peek() is '_' or '.')
        {
            throw cursor.Expected("the end of the number");
        }

        return value is MontyInt integer && isNegative ? -integer.Value : value;
    }

    private static int? GetBitsPerDigit(char letter) =>
        letter switch
        {
            'x' or 'X' => 4,
            'o' or 'O' => 3,
            'b' or 'B' => 1,
            _ => null,
        };

    private MontyInt ParseBase(int bits)
    {
        cursor.TakeLength(2);
        if (cursor.Peek() == '_')
        {
            cursor.Next();
        }

        var start = cursor.Position;
        var digits = TakeDigits(c => char.IsAsciiHexDigit(c) && GetHexadecimalValue(c) < 1 << bits);
        if ((long)digits.Length * bits > MaxBits)
        {
            throw cursor.Expected($"at most {MaxBits / bits} digits", start);
        }

        var binary = bits == 3 ? ConvertOctalToBinary(digits) : digits;
        // The leading zero keeps the first digit from being read as a sign.
        return new(
            BigInteger.Parse(
                "0" + binary,
                bits == 4 ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowBinarySpecifier,
                CultureInfo.InvariantCulture
            )
        );
    }

    private static int GetHexadecimalValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static string ConvertOctalToBinary(string digits) =>
        string.Create(
            3 * digits.Length,
            digits,
            static (binary, octal) =>
            {
                for (var i = 0; i < binary.Length; i++)
                {
                    binary[i] = ((octal[i / 3] >> (2 - (i % 3))) & 1) == 0 ? '0' : '1';
                }
            }
        );

    private MontyValue ParseDecimal(bool isNegative)
    {
        var start = cursor.Position;
        var whole = cursor.Peek() == '.' ? "" : TakeDigits(char.IsAsciiDigit);
        var isFloat = cursor.TryTake(".");
        var fraction = isFloat && char.IsAsciiDigit(cursor.Peek()) ? TakeDigits(char.IsAsciiDigit) : "";
        if (whole.Length + fraction.Length == 0)
        {
            throw cursor.Expected("a digit");
        }

        var exponent = "";
        if (cursor.Peek() is 'e' or 'E')
        {
            isFloat = true;
            cursor.Next();
            var sign = cursor.Peek() is '+' or '-' ? cursor.Next().ToString() : "";
            exponent = $"e{sign}{TakeDigits(char.IsAsciiDigit)}";
        }

        if (!isFloat)
        {
            return ParseInt(whole, start);
        }

        var number = double.Parse($"{whole}.{fraction}0{exponent}", NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            throw cursor.Expected("a number in the range of a float (write inf for infinity)", start);
        }

        return isNegative ? -number : number;
    }

    private MontyInt ParseInt(string digits, int start)
    {
        if (digits.Length > 1 && digits[0] == '0' && digits.AsSpan().ContainsAnyExcept('0'))
        {
            throw cursor.Expected("a number without leading zeros (write 0o17 for an octal number)", start);
        }

        return IntText.Parse(digits)
            ?? throw cursor.Expected($"at most {IntText.MaxDigits} decimal digits (write a longer int as 0x…)", start);
    }

    /// <summary>Reads digits with optional single underscores between them, and returns the digits only.</summary>
    private string TakeDigits(Func<char, bool> isDigit)
    {
        var digits = cursor.TakeWhile(isDigit).ToString();
        if (digits.Length == 0)
        {
            throw cursor.Expected("a digit");
        }

        if (cursor.Peek() != '_')
        {
            return digits;
        }

        var parts = new List<string> { digits };
        while (cursor.Peek() == '_')
        {
            cursor.Next();
            var part = cursor.TakeWhile(isDigit).ToString();
            parts.Add(part.Length > 0 ? part : throw cursor.Expected("a digit"));
        }

        return string.Concat(parts);
    }
}
