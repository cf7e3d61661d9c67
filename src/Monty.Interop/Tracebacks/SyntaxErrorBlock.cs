using System.Text;

namespace Monty.Interop.Tracebacks;

/// <summary>The lines that CPython shows of a syntax error before its message: the place, the source without indentation, and carets.</summary>
internal static class SyntaxErrorBlock
{
    /// <summary>Renders the frame of a syntax error.</summary>
    public static List<string> Render(PythonFrame frame)
    {
        List<string> block = [FrameView.Heading(frame.FileName, frame.Start.Line, functionName: null)];
        var line = SourceExcerpt.FirstLine(frame.PreviewLine ?? "");
        var source = line.TrimStart(' ', '\f');
        if (string.IsNullOrWhiteSpace(source))
        {
            return block;
        }

        block.Add(SourceBlock.Margin + TerminalText.Line(source));
        if (
            !frame.HideCaret
            && FindCarets(frame, line) is var (start, end)
            && start >= line.Length - source.Length
            && Carets(source, start - (line.Length - source.Length), end - (line.Length - source.Length)) is { } carets
        )
        {
            block.Add(SourceBlock.Margin + carets);
        }

        return block;
    }

    /// <summary>Returns the columns of the error on its first line, counted from 0 and at least one wide, or null when they are not known.</summary>
    private static (int Start, int End)? FindCarets(PythonFrame frame, string line)
    {
        var length = new SourceColumns(line).Count;
        var (start, end) = (frame.Start.Column - 1L, frame.End.Column - 1L);
        if (frame.End.Line != frame.Start.Line)
        {
            // An error that ends where the next line starts is at the line feed itself.
            var isLineFeed = end == 0 && frame.End.Line == frame.Start.Line + 1L;
            var removed = isLineFeed ? start - length : RemovedIndentation(frame, start, end);
            start =
                removed is { } indent ? start - indent
                : start < length ? -1
                : length;
            end = length;
        }

        start = Math.Min(start, length);
        return start < 0 ? null : ((int)start, (int)Math.Clamp(end, start + 1, length + 1));
    }

    private static long? RemovedIndentation(PythonFrame frame, long start, long end) =>
        frame.PreviewLine is { Length: <= SourceExcerpt.MaxPreviewLength } preview
            ? Indentation.FindRemoved(preview.Split('\n'), start, end)
            : null;

    /// <summary>Returns carets from one column to another. As in CPython, a wide character counts as one column.</summary>
    private static string? Carets(string source, int start, int end)
    {
        var carets = new StringBuilder();
        var column = 0;
        foreach (var character in TerminalText.Characters(source))
        {
            if (character.Width == 0)
            {
                return column > start ? carets.ToString() : null;
            }

            if (column == end)
            {
                break;
            }

            var isEscape = character.Text.Length > 2;
            if (column >= start)
            {
                carets.Append('^', isEscape ? character.Width : 1);
            }
            else if (isEscape)
            {
                carets.Append(' ', character.Width);
            }
            else
            {
                carets.Append(string.IsNullOrWhiteSpace(character.Text) ? character.Text : " ");
            }

            column++;
        }

        return column < end ? carets.Append('^').ToString() : carets.ToString();
    }
}
