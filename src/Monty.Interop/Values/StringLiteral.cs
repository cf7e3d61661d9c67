using System.Buffers;
using System.Globalization;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>The Python literal of a str or bytes, with the quotes and escapes that <c>repr</c> chooses.</summary>
internal static class StringLiteral
{
    /// <summary>Appends the literal, or the beginning of it that makes the text longer than <paramref name="maxLength"/>.</summary>
    public static StringBuilder Append(StringBuilder text, ReadOnlySpan<char> value, int maxLength = int.MaxValue)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.EnsureCapacity(text.Length + Math.Min(value.Length, Math.Max(0, maxLength - text.Length)) + 2);
        text.Append(quote);
        while (!value.IsEmpty && text.Length <= maxLength)
        {
            // A lone surrogate is not a rune; Python shows its code unit.
            if (Rune.DecodeFromUtf16(value, out var rune, out var length) == OperationStatus.Done)
            {
                AppendRune(text, rune, quote);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)value[0]:x4}");
            }

            value = value[length..];
        }

        return text.Append(quote);
    }

    /// <inheritdoc cref="Append(StringBuilder, ReadOnlySpan{char}, int)"/>
    public static StringBuilder Append(StringBuilder text, ReadOnlySpan<byte> value, int maxLength = int.MaxValue)
    {
        var quote = value.Contains((byte)'\'') && !value.Contains((byte)'"') ? '"' : '\'';
        text.EnsureCapacity(text.Length + Math.Min(value.Length, Math.Max(0, maxLength - text.Length)) + 3);
        text.Append('b').Append(quote);
        foreach (var octet in value)
        {
            if (text.Length > maxLength)
            {
                break;
            }

            if (octet < 0x80)
            {
                AppendRune(text, new Rune(octet), quote);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
            }
        }

        return text.Append(quote);
    }

    private static void AppendRune(StringBuilder text, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case '\n':
                text.Append(@"\n");
                break;
            case '\r':
                text.Append(@"\r");
                break;
            case '\t':
                text.Append(@"\t");
                break;
            case '\\':
                text.Append(@"\\");
                break;
            case var same when same == quote:
                text.Append('\\').Append(quote);
                break;
            case >= ' ' and < 0x7f:
                text.Append((char)rune.Value);
                break;
            case < 0x80:
                text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            default:
                AppendBeyondAscii(text, rune);
                break;
        }
    }

    private static void AppendBeyondAscii(StringBuilder text, Rune rune)
    {
        if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else if (rune.Value <= 0xff)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else if (rune.IsBmp)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }
    }

    /// <summary>What <c>str.isprintable</c> says of a character beyond ASCII; .NET's Unicode tables decide what is assigned.</summary>
    private static bool IsPrintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );
}
