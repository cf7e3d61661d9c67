using System.Globalization;
using System.Numerics;

namespace Monty.Interop.Values;

/// <summary>Writes and reads ints as text: in decimal up to <see cref="MaxDigits"/> digits, and in hexadecimal beyond, because decimal takes quadratic time.</summary>
/// <remarks>CPython has the same limit: it refuses to convert ints with more digits to decimal text or back.</remarks>
internal static class IntText
{
    /// <summary>The maximum number of decimal digits.</summary>
    public const int MaxDigits = 4300;

    private static readonly BigInteger DecimalBound = BigInteger.Pow(10, MaxDigits);

    /// <summary>Returns the decimal text of an int, or null if it has too many digits and has to be written with <see cref="WriteHexadecimal"/>.</summary>
    public static string? FormatDecimal(MontyInt value)
    {
        if (value.TryGetInt64(out var small))
        {
            return small.ToString(CultureInfo.InvariantCulture);
        }

        return BigInteger.Abs(value.Value) < DecimalBound ? value.Value.ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Returns the length of an int's hexadecimal text, with its sign and prefix.</summary>
    public static long GetHexadecimalLength(MontyInt value) =>
        (value.Value.Sign < 0 ? 3 : 2) + ((BigInteger.Abs(value.Value).GetBitLength() + 3) / 4);

    /// <summary>Writes an int's hexadecimal text piece by piece, because it can have hundreds of millions of digits.</summary>
    public static void WriteHexadecimal(MontyInt value, Action<ReadOnlySpan<char>> write)
    {
        const int BytesPerPiece = 512;
        ReadOnlySpan<byte> magnitude = BigInteger.Abs(value.Value).ToByteArray(isUnsigned: true, isBigEndian: true);
        Span<char> digits = stackalloc char[2 * BytesPerPiece];
        write(value.Value.Sign < 0 ? "-0x" : "0x");
        for (var isFirst = true; !magnitude.IsEmpty; isFirst = false)
        {
            var piece = magnitude[..Math.Min(BytesPerPiece, magnitude.Length)];
            Convert.TryToHexStringLower(piece, digits, out var count);
            ReadOnlySpan<char> written = digits[..count];
            write(isFirst ? written.TrimStart('0') : written);
            magnitude = magnitude[piece.Length..];
        }
    }

    /// <summary>Reads an optional minus sign, followed by decimal digits or by <c>0x</c> and hexadecimal digits. Returns null for any other text.</summary>
    public static MontyInt? Parse(ReadOnlySpan<char> text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small) && text[0] != '+')
        {
            return new(small);
        }

        var isNegative = text.StartsWith('-');
        var digits = isNegative ? text[1..] : text;
        BigInteger magnitude;
        if (digits.StartsWith("0x"))
        {
            // The leading zero keeps the first digit from being read as a sign.
            if (
                digits.Length is 2 or > MontyJson.MaxTextLength
                || !BigInteger.TryParse(
                    string.Concat("0", digits[2..]),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out magnitude
                )
            )
            {
                return null;
            }
        }
        else if (digits.Length > MaxDigits || !BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out magnitude))
        {
            return null;
        }

        return new(isNegative ? -magnitude : magnitude);
    }
}
