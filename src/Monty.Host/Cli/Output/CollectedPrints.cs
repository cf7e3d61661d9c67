using System.Text;

namespace Monty.Host.Cli.Output;

/// <summary>Collects the text that a script prints, up to a maximum length, so that endless output cannot exhaust the host's memory.</summary>
internal sealed class CollectedPrints(int maxLength)
{
    private readonly StringBuilder text = new();

    /// <summary>True if text was left out at the end.</summary>
    public bool AreTruncated { get; private set; }

    public void Add(string printed)
    {
        if (AreTruncated)
        {
            return;
        }

        var length = maxLength - text.Length;
        if (printed.Length <= length)
        {
            text.Append(printed);
            return;
        }

        AreTruncated = true;
        if (length > 0 && char.IsHighSurrogate(printed[length - 1]))
        {
            length--;
        }

        text.Append(printed.AsSpan(0, length));
    }

    public override string ToString() => text.ToString();
}
