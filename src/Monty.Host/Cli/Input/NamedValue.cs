using System.Text.Json;
using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>A value with a name, as <c>--input</c> and <c>--tool</c> take it: <c>name=json</c>.</summary>
internal sealed record NamedValue(string Name, MontyValue Value)
{
    /// <summary>Reads <c>name=json</c>.</summary>
    /// <exception cref="FormatException">There is no name, or the rest is no JSON; the message has the way out.</exception>
    public static NamedValue Parse(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        if (end <= 0)
        {
            throw new FormatException(
                $"'{text}' has no {(end < 0 ? "value" : "name")}. Write NAME=JSON, such as count=3 or 'city=\"Lisbon\"'."
            );
        }

        try
        {
            return new NamedValue(text[..end], MontyJson.Parse(text[(end + 1)..]));
        }
        catch (JsonException broken)
        {
            // Only text that is no JSON at all has a place: most often somebody left the quotes of a text to the shell.
            var hint = broken.LineNumber is null ? "" : $" A text needs quotes of its own: '{text[..end]}=\"text\"'.";
            throw new FormatException($"the value of {text[..end]} cannot be read: {JsonProblem.Format(broken)}{hint}", broken);
        }
    }
}
