using System.Text;

namespace Monty.Host.Ladder.Runs;

/// <summary>What a session has printed.</summary>
internal sealed class PrintedText
{
    private readonly StringBuilder text = new();

    /// <summary>The lines; a last one without its line feed counts.</summary>
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
