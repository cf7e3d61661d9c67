using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>What was found, on one line and not too long.</summary>
internal static class Shown
{
    private const int Longest = 300;

    public static string Format(string text) => VisibleText.Format(text, Longest);

    public static string Format(MontyValue value) => Format(value.Display(Longest));
}
