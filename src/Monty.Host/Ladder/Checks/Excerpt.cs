using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>Formats actual values and texts for messages: on one line, and truncated.</summary>
internal static class Excerpt
{
    private const int MaxLength = 300;

    public static string Format(string text) => VisibleText.Format(text, MaxLength);

    public static string Format(MontyValue value) => Format(value.Display(MaxLength));
}
