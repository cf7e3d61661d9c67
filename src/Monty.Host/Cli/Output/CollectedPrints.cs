using System.Text;

namespace Monty.Host.Cli.Output;

/// <summary>What a script printed, up to a bound: a script that prints without end must not fill the host's memory.</summary>
internal sealed class CollectedPrints(int most)
{
    private readonly StringBuilder text = new();

    /// <summary>Whether something was left out at the end.</summary>
    public bool AreTruncated { get; private set; }

    public void Add(string printed)
    {
        var room = most - text.Length;
        if (printed.Length > room)
        {
            AreTruncated = true;
            if (room > 0 && char.IsHighSurrogate(printed[room - 1]))
            {
                room--;
            }

            printed = printed[..Math.Max(room, 0)];
            most = text.Length + printed.Length;
        }

        text.Append(printed);
    }

    public override string ToString() => text.ToString();
}
