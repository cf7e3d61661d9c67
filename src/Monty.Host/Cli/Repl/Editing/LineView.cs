using System.Globalization;
using System.Text;
using Monty.Interop;
using Monty.Interop.Tracebacks;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>Draws the edited line on a terminal, over as many rows as needed.</summary>
/// <param name="prompt">The text before the line.</param>
/// <param name="width">The width of the terminal in columns.</param>
internal sealed class LineView(string prompt, int width)
{
    private int cursorRow;

    /// <summary>Returns the text and control sequences that replace the previous line on the terminal with this line.</summary>
    public string Draw(EditedLine line)
    {
        var text = new StringBuilder(cursorRow > 0 ? $"\e[{cursorRow}A" : "").Append("\r\e[J").Append(prompt);
        var row = 0;
        var column = prompt.Length;
        var cursor = (Row: row, Column: column);
        for (var offset = 0; offset < line.Text.Length; )
        {
            var length = StringInfo.GetNextTextElementLength(line.Text, offset);
            var visible = ToVisible(line.Text.AsSpan(offset, length));
            var columns = GetWidth(visible);
            if (column + columns > width)
            {
                text.Append("\r\n");
                row++;
                column = 0;
            }

            if (offset == line.Cursor)
            {
                cursor = (row, column);
            }

            text.Append(visible);
            column += columns;
            offset += length;
        }

        if (column == width)
        {
            text.Append("\r\n"); // A terminal does not move to the next row until another character follows.
            row++;
            column = 0;
        }

        if (line.Cursor == line.Text.Length)
        {
            cursor = (row, column);
        }

        if (row > cursor.Row)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{row - cursor.Row}A");
        }

        text.Append('\r');
        if (cursor.Column > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{cursor.Column}C");
        }

        cursorRow = cursor.Row;
        return text.ToString();
    }

    /// <summary>Replaces control characters, which could move the cursor, and lone surrogates with U+FFFD.</summary>
    private static string ToVisible(ReadOnlySpan<char> element)
    {
        var text = new StringBuilder();
        foreach (var rune in element.EnumerateRunes())
        {
            text.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return text.ToString();
    }

    /// <summary>Returns the number of columns of a text element. Only its first rune counts, because the others combine with it.</summary>
    private static int GetWidth(string element)
    {
        var status = Rune.DecodeFromUtf16(element, out var first, out _);
        return status == System.Buffers.OperationStatus.Done && WideCharacters.Contains(first.Value) ? 2 : 1;
    }
}
