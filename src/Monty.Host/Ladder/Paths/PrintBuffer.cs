using System.Text;

namespace Monty.Host.Ladder.Paths;

/// <summary>Collects the text printed in one turn.</summary>
internal sealed class PrintBuffer
{
    private readonly StringBuilder text = new();

    public void Add(string chunk) => text.Append(chunk);

    /// <summary>Returns the collected text, and clears the buffer.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}
