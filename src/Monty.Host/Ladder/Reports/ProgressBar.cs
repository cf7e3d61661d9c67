using System.Globalization;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Ladder.Reports;

/// <summary>A line on a terminal that is written over as fixtures are done, and that makes way for other lines.</summary>
internal sealed class ProgressBar(TextWriter terminal, int total)
{
    private const int Cells = 30;
    private const int LongestName = 36; // all of it fits in 80 columns

    private int done;
    private int width;

    /// <summary>One fixture more is under way.</summary>
    public void Show(string name)
    {
        var filled = Cells * done / total;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Cells - filled)}] {done}/{total} {VisibleText.Format(name, LongestName)}"
        );
        terminal.Write("\r" + text.PadRight(width));
        width = text.Length;
    }

    public void Advance() => done++;

    /// <summary>Leaves an empty line for other text.</summary>
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
