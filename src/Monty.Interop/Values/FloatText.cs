using System.Globalization;

namespace Monty.Interop.Values;

/// <summary>Formats a float like Python's <c>repr</c>: with the fewest digits that read back as the same double.</summary>
internal static class FloatText
{
    // Python uses an exponent outside 1e-4 <= |x| < 1e16.
    private const int MinFixedPoint = -3;
    private const int MaxFixedPoint = 16;

    /// <summary>The buffer size for the text of any double in its shortest form.</summary>
    private const int MaxTextLength = 32;

    public static string Format(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        Span<char> digits = stackalloc char[MaxTextLength];
        var count = ShortestDigits(Math.Abs(value), digits, out var point);
        var magnitude = point is >= MinFixedPoint and <= MaxFixedPoint
            ? Fixed(digits[..count], point)
            : Scientific(digits[..count], point - 1);
        return value < 0 ? "-" + magnitude : magnitude;
    }

    /// <summary>Gets the significant digits and the position of the decimal point, such that the value is 0.digits × 10^point.</summary>
    private static int ShortestDigits(double value, Span<char> digits, out int point)
    {
        Span<char> text = stackalloc char[MaxTextLength];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        text = text[..length];

        var exponent = 0;
        var mark = text.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var dot = text.IndexOf('.');
        var whole = dot < 0 ? text : text[..dot];
        var fraction = dot < 0 ? default : text[(dot + 1)..];
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        var all = digits[..(whole.Length + fraction.Length)];
        var significant = all.TrimStart('0');
        point = whole.Length + exponent - (all.Length - significant.Length);
        significant = significant.TrimEnd('0');
        significant.CopyTo(digits);
        return significant.Length;
    }

    private static string Fixed(ReadOnlySpan<char> digits, int point)
    {
        if (point <= 0)
        {
            return string.Concat("0.", new string('0', -point), digits);
        }

        if (point >= digits.Length)
        {
            return string.Concat(digits, new string('0', point - digits.Length), ".0");
        }

        return string.Concat(digits[..point], ".", digits[point..]);
    }

    private static string Scientific(ReadOnlySpan<char> digits, int exponent)
    {
        var power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        var fraction = digits.Length > 1 ? string.Concat(".", digits[1..]) : "";
        return string.Concat(digits[..1], fraction, exponent < 0 ? "e-" : "e+", power);
    }
}
