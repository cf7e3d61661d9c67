using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Parses the exceptions with which fixtures answer calls.</summary>
internal static class AnswerError
{
    /// <summary>Parses <c>Type: message</c> or <c>Type</c>.</summary>
    /// <remarks>Text that does not begin with a known exception type becomes the message of a RuntimeError.</remarks>
    public static PythonError Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var type = colon < 0 ? text : text[..colon];
        if (!PythonError.IsKnownType(type))
        {
            return new PythonError("RuntimeError", text);
        }

        if (colon < 0)
        {
            return new PythonError(type);
        }

        var message = text[(colon + 1)..];
        return new PythonError(type, message.StartsWith(' ') ? message[1..] : message);
    }
}
