using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop.Tracebacks;

/// <summary>The line of a traceback that names the exception, as CPython writes it.</summary>
internal static class ExceptionLine
{
    /// <summary>Returns the line with the message as the exception carries it.</summary>
    public static string Format(PythonError error) => Join(Qualify(error.Type), GetSubstitute(error) ?? error.Message);

    /// <summary>Returns the line fit for a terminal: a long message is cut, and control characters are escaped.</summary>
    public static string FormatForTerminal(PythonError error) =>
        Join(TerminalText.Line(Qualify(error.Type)), GetSubstitute(error) ?? TerminalText.Message(error.Message ?? ""));

    private static string Join(string type, string? message)
    {
        if (string.IsNullOrEmpty(message))
        {
            return type;
        }

        SizeLimits.RequireString("The line of the exception", (long)type.Length + ": ".Length + message.Length, "Shorten its message.");
        return $"{type}: {message}";
    }

    /// <summary>Returns the type with the module that CPython names; the runtime abbreviates two of them.</summary>
    private static string Qualify(string type) =>
        type switch
        {
            "FrozenInstanceError" => "dataclasses.FrozenInstanceError",
            "json.JSONDecodeError" => "json.decoder.JSONDecodeError",
            _ => type,
        };

    /// <summary>Returns the text that CPython shows instead of the message, or null where it shows the message.</summary>
    private static string? GetSubstitute(PythonError error) =>
        error.Type switch
        {
            "KeyError" when MissingKey.IsStr(error) => StringLiteral.Append(new StringBuilder(), error.Message).ToString(),
            "SyntaxError" when string.IsNullOrEmpty(error.Message) => "<no detail available>",
            _ => null,
        };
}
