using Monty.Interop;

namespace Monty.Host.Ladder.Fixtures;

/// <summary>Errors that fixtures answer calls with.</summary>
internal static class AnswerError
{
    /// <summary>Reads <c>Type: message</c> or <c>Type</c>; text without a type that may be raised is a RuntimeError's message.</summary>
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
