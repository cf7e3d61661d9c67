using System.Globalization;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>Where in a nested value a reader or writer stands, for messages and for the bound on nesting.</summary>
/// <param name="refusal">Makes the exception of this reader or writer from a message and a cause.</param>
internal sealed class ValuePath(Func<string, Exception?, Exception> refusal)
{
    private const int LongestName = 40;
    private readonly List<Step> steps = [];

    public void Enter(string name) => Enter(new Step(name, 0));

    public void Enter(int index) => Enter(new Step(null, index));

    public void Leave() => steps.RemoveAt(steps.Count - 1);

    /// <summary>Refuses to open a container below the deepest level, <see cref="MontyJson.MaxDepth"/>.</summary>
    public void RequireDepth()
    {
        if (steps.Count >= MontyJson.MaxDepth)
        {
            throw CreateException($"Nested more than {MontyJson.MaxDepth} levels deep; flatten the value");
        }
    }

    /// <summary>The exception that says what is wrong, and where.</summary>
    public Exception CreateException(string problem, Exception? cause = null) =>
        refusal($"{problem}{(problem.EndsWith('?') ? "" : ".")} At {this}.", cause);

    public override string ToString()
    {
        var text = new StringBuilder("$");
        foreach (var (name, index) in steps)
        {
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else if (name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$'))
            {
                text.Append('.').Append(name);
            }
            else
            {
                StringLiteral.Append(text.Append('['), Shorten(name)).Append(']');
            }
        }

        return text.ToString();
    }

    /// <summary>A name as a message shows it: long ones lose their end.</summary>
    public static string Shorten(string? name) =>
        name is null ? "null"
        : name.Length <= LongestName ? name
        : string.Concat(name.AsSpan(0, LongestName), "…");

    /// <summary>A name of the script's as a message shows it, in quotes.</summary>
    public static string Quote(string name) => StringLiteral.Append(new StringBuilder(), Shorten(name)).ToString();

    private void Enter(Step step)
    {
        RequireDepth();
        steps.Add(step);
    }

    private readonly record struct Step(string? Name, int Index);
}
