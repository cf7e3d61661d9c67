using System.Globalization;
using System.Numerics;

namespace Monty.Interop.Values;

/// <summary>The text of an int: decimal, and hexadecimal where decimal would take quadratic time.</summary>
/// <remarks>The bound is CPython's own: it refuses to turn ints of more digits into decimal text or back.</remarks>
internal static class IntText
{
    /// <summary>The most decimal digits that are written or read.</summary>
    public const int MaxDigits = 4300;

    private static readonly BigInteger DecimalBound = BigInteger.Pow(10, MaxDigits);

    public static string Format(MontyInt value)
    {
        if (value.TryGetInt64(out var small))
        {
            return small.ToString(CultureInfo.InvariantCulture);
        }

        var magnitude = BigInteger.Abs(value.Value);
        var sign = value.Value.Sign < 0 ? "-" : "";
        return magnitude < DecimalBound
            ? sign + magnitude.ToString(CultureInfo.InvariantCulture)
            : sign + "0x" + magnitude.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
    }

    /// <summary>Reads what <see cref="Format"/> writes: an optional minus, then decimal digits or 0x and hexadecimal ones.</summary>
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
                digits.Length == 2
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
