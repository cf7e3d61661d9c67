using System.Globalization;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>A progress bar on the last line of a terminal. It can be cleared to make room for other lines.</summary>
internal sealed class ProgressBar(TextWriter terminal, int total)
{
    private const int Cells = 30;
    private const int MaxNameLength = 36; // The whole bar fits into 80 columns.

    private int done;
    private int width;

    /// <summary>Draws the bar with the name of the current fixture.</summary>
    public void Show(string name)
    {
        var filled = Cells * done / total;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Cells - filled)}] {done}/{total} {VisibleText.Format(name, MaxNameLength)}"
        );
        terminal.Write("\r" + text.PadRight(width));
        width = text.Length;
    }

    public void Advance() => done++;

    /// <summary>Clears the line for other text.</summary>
    public void Clear()
    {
        if (width == 0)
        {
            return;
        }

        terminal.Write($"\r{new string(' ', width)}\r");
        width = 0;
    }
}
