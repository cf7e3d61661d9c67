using System.Text;

namespace Monty.Host.Ladder.Paths;

/// <summary>Collects what is printed until the turn is over.</summary>
internal sealed class PrintedPart
{
    private readonly StringBuilder text = new();

    public void Add(string chunk) => text.Append(chunk);

    /// <summary>What was collected since the last time.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}
