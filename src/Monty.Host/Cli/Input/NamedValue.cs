using System.Text.Json;
using Monty.Interop;

namespace Monty.Host.Cli.Input;

/// <summary>A named value of <c>--input</c> or <c>--tool</c>, written as <c>name=json</c>.</summary>
internal sealed record NamedValue(string Name, MontyValue Value)
{
    /// <summary>Parses <c>name=json</c>.</summary>
    /// <exception cref="FormatException">The name is missing, or the value is not valid JSON. The message includes the fix.</exception>
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
        catch (JsonException exception)
        {
            // A line number means that the text is not JSON at all. Usually the shell has removed the quotes of a string.
            var hint = exception.LineNumber is null ? "" : $" Quote a string for JSON and for the shell: '{text[..end]}=\"text\"'.";
            throw new FormatException($"the value of {text[..end]} cannot be read: {JsonProblem.Format(exception)}{hint}", exception);
        }
    }
}
