using System.Globalization;
using System.Text;

namespace Monty.Interop.Values;

/// <summary>The position of a reader or writer in a nested value, for error messages and for the limit on nesting.</summary>
/// <param name="refusal">Creates the exception of the reader or writer from a message and a cause.</param>
internal sealed class ValuePath(Func<string, Exception?, Exception> refusal)
{
    private const int MaxNameLength = 40;
    private readonly List<Step> steps = [];

    public void Enter(string name) => Enter(new Step(name, 0));

    public void Enter(int index) => Enter(new Step(null, index));

    public void Leave() => steps.RemoveAt(steps.Count - 1);

    /// <summary>Throws when a container at this position would exceed the limit on nesting, <see cref="MontyJson.MaxDepth"/>.</summary>
    public void RequireDepth()
    {
        if (steps.Count >= MontyJson.MaxDepth)
        {
            throw CreateException($"The value is nested more than {MontyJson.MaxDepth} levels deep; flatten it");
        }
    }

    /// <summary>Creates an exception with a message that says what is wrong at this position.</summary>
    public Exception CreateException(string problem, Exception? cause = null) =>
        refusal($"{problem}{(problem.EndsWith('?') ? "" : ".")} Path: {this}.", cause);

    public override string ToString()
    {
        var text = new StringBuilder("$");
        foreach (var (name, index) in steps)
        {
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else if (name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$'))
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

    /// <summary>Truncates a long name for an error message.</summary>
    public static string Shorten(string? name)
    {
        if (name is null)
        {
            return "null";
        }

        return name.Length <= MaxNameLength ? name : string.Concat(name.AsSpan(0, MaxNameLength), "…");
    }

    /// <summary>Formats a name from a script as a quoted string for an error message, and truncates it when it is long.</summary>
    public static string Quote(string name) => StringLiteral.Append(new StringBuilder(), Shorten(name)).ToString();

    private void Enter(Step step)
    {
        RequireDepth();
        steps.Add(step);
    }

    private readonly record struct Step(string? Name, int Index);
}
