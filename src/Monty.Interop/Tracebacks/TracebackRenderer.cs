namespace Monty.Interop.Tracebacks;

/// <summary>Renders a <see cref="PythonError"/> as CPython 3.13 and later print it, without color.</summary>
/// <remarks>
/// The sandbox decides how much there is to show, so all of it is bounded: <see cref="FrameStack.MaxLines"/> lines of frames,
/// <see cref="TerminalText.MaxLineLength"/> characters a line, <see cref="TerminalText.MaxMessageLength"/> characters of the message.
/// </remarks>
internal static class TracebackRenderer
{
    /// <summary>Renders the error, without a line feed at the end.</summary>
    public static string Render(PythonError error)
    {
        var count = error.Frames.Count;
        var isSyntaxError = count > 0 && error.Frames[^1].HideFunctionName;
        if (isSyntaxError)
        {
            count--;
        }

        List<string> lines = [];
        if (count > 0)
        {
            lines.Add("Traceback (most recent call last):");
            lines.AddRange(FrameStack.Render(error, count));
        }

        if (isSyntaxError)
        {
            lines.AddRange(SyntaxErrorBlock.Render(error.Frames[^1]));
        }

        lines.Add(ExceptionLine.FormatForTerminal(error));
        return string.Join('\n', lines);
    }
}
