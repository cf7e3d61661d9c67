using System.Globalization;
using System.Text;
using Monty.Interop;
using Monty.Interop.Tracebacks;

namespace Monty.Host.Cli.Repl.Editing;

/// <summary>Shows a line that is edited on a terminal, over as many rows as it takes.</summary>
/// <param name="prompt">What stands before the line.</param>
/// <param name="width">The columns of the terminal.</param>
internal sealed class LineView(string prompt, int width)
{
    private int cursorRow;

    /// <summary>What to write so that the terminal shows the line, over what it showed before.</summary>
    public string Draw(EditedLine line)
    {
        var text = new StringBuilder(cursorRow > 0 ? $"\e[{cursorRow}A" : "").Append("\r\e[J").Append(prompt);
        var (row, column) = (0, prompt.Length);
        var cursor = (Row: row, Column: column);
        for (var offset = 0; offset < line.Text.Length; )
        {
            var length = StringInfo.GetNextTextElementLength(line.Text, offset);
            var shown = Shown(line.Text.AsSpan(offset, length));
            var wide = WidthOf(shown);
            if (column + wide > width)
            {
                text.Append("\r\n");
                row = row + 1;
                column = 0;
            }

            if (offset == line.Cursor)
            {
                cursor = (row, column);
            }

            text.Append(shown);
            column += wide;
            offset += length;
        }

        if (column == width)
        {
            text.Append("\r\n"); // a terminal waits in the last column for what comes next
            row = row + 1;
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

    /// <summary>A character as it is seen: one that could move the cursor, or is half of one, is shown as a replacement.</summary>
    private static string Shown(ReadOnlySpan<char> element)
    {
        var text = new StringBuilder();
        foreach (var rune in element.EnumerateRunes())
        {
            text.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return text.ToString();
    }

    /// <summary>The columns of what is seen as one character: those of its first rune, as the others go on top of it.</summary>
    private static int WidthOf(string element) =>
        Rune.DecodeFromUtf16(element, out var first, out _) == System.Buffers.OperationStatus.Done && WideCharacters.Contains(first.Value)
            ? 2
            : 1;
}
