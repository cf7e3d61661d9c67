using System.Text;

namespace Monty.Host.Ladder.Runs;

/// <summary>The text that a session has printed.</summary>
internal sealed class PrintedText
{
    private readonly StringBuilder text = new();

    /// <summary>The lines, including a last line without a line feed.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var lines = text.ToString().Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
    }

    public void Add(string chunk) => text.Append(chunk);
}
