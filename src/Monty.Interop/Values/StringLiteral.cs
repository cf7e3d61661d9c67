using System.Buffers;
using System.Globalization;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>Writes a str or bytes as a Python literal, with the quotes and escapes that <c>repr</c> chooses.</summary>
internal static class StringLiteral
{
    private const string Unescaped = " !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(Unescaped);
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Unescaped));

    /// <summary>Appends the literal, and stops soon after the text is longer than <paramref name="maxLength"/>.</summary>
    public static StringBuilder Append(StringBuilder text, ReadOnlySpan<char> value, int maxLength = int.MaxValue)
    {
        Append(ReprTarget.ForText(text, maxLength), value);
        return text;
    }

    /// <summary>Appends the literal, until the target is full.</summary>
    public static void Append(ReprTarget target, ReadOnlySpan<char> value)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        target.EnsureCapacity(value.Length);
        target.Text.Append(quote);
        while (!value.IsEmpty && !target.IsFull)
        {
            var plain = value.IndexOfAnyExcept(PlainCharacters);
            if (plain != 0)
            {
                var run = plain < 0 ? value : value[..plain];
                target.Append(run);
                value = value[run.Length..];
                continue;
            }

            // A lone surrogate is not a rune. Python shows its code unit as \udXXX.
            if (Rune.DecodeFromUtf16(value, out var rune, out var length) == OperationStatus.Done)
            {
                AppendRune(target.Text, rune, quote);
            }
            else
            {
                AppendHexadecimal(target.Text.Append(@"\u"), value[0], 4);
            }

            value = value[length..];
            target.FlushIfLarge();
        }

        target.Text.Append(quote);
    }

    /// <inheritdoc cref="Append(ReprTarget, ReadOnlySpan{char})"/>
    public static void Append(ReprTarget target, ReadOnlySpan<byte> value)
    {
        var quote = value.Contains((byte)'\'') && !value.Contains((byte)'"') ? '"' : '\'';
        target.EnsureCapacity(value.Length);
        target.Text.Append('b').Append(quote);
        Span<char> characters = stackalloc char[512];
        while (!value.IsEmpty && !target.IsFull)
        {
            var piece = value[..Math.Min(value.Length, characters.Length)];
            var plain = piece.IndexOfAnyExcept(PlainBytes);
            if (plain != 0)
            {
                var run = plain < 0 ? piece : piece[..plain];
                Encoding.ASCII.GetChars(run, characters);
                target.Append(characters[..run.Length]);
                value = value[run.Length..];
                continue;
            }

            if (value[0] < 0x80)
            {
                AppendRune(target.Text, new Rune(value[0]), quote);
            }
            else
            {
                AppendHexadecimal(target.Text.Append(@"\x"), value[0], 2);
            }

            value = value[1..];
            target.FlushIfLarge();
        }

        target.Text.Append(quote);
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
                AppendHexadecimal(text.Append(@"\x"), rune.Value, 2);
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
            Span<char> units = stackalloc char[2];
            text.Append(units[..rune.EncodeToUtf16(units)]);
        }
        else if (rune.Value <= 0xff)
        {
            AppendHexadecimal(text.Append(@"\x"), rune.Value, 2);
        }
        else if (rune.IsBmp)
        {
            AppendHexadecimal(text.Append(@"\u"), rune.Value, 4);
        }
        else
        {
            AppendHexadecimal(text.Append(@"\U"), rune.Value, 8);
        }
    }

    private static void AppendHexadecimal(StringBuilder text, int value, int digits)
    {
        while (--digits >= 0)
        {
            text.Append("0123456789abcdef"[(value >> (4 * digits)) & 0xf]);
        }
    }

    /// <summary>Returns what <c>str.isprintable</c> returns for a character beyond ASCII. Whether a character is assigned depends on the Unicode version of .NET.</summary>
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
