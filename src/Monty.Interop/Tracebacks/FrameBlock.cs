using System.Globalization;

namespace Monty.Interop.Tracebacks;

/// <summary>The lines that one frame takes in a traceback: where it is, its source, and the carets under the part that failed.</summary>
internal static class FrameBlock
{
    /// <summary>What CPython puts before every line of source.</summary>
    public const string Margin = "    ";

    /// <summary>Renders a frame.</summary>
    public static List<string> Render(PythonFrame frame)
    {
        List<string> block = [Heading(frame, frame.HideFunctionName ? null : frame.FunctionName)];
        if (SourceExcerpt.From(frame) is not { } excerpt)
        {
            return block;
        }

        string[] source = [.. SourceLines(excerpt, FailureCarets.From(excerpt))];
        Indentation.RemoveCommon(source);
        foreach (var line in source)
        {
            block.Add(Margin + line);
        }

        return block;
    }

    /// <summary>The first line: file, line and function.</summary>
    public static string Heading(PythonFrame frame, string? functionName)
    {
        var line = frame.Start.Line.ToString(CultureInfo.InvariantCulture);
        var function = functionName is null ? "" : $", in {TerminalText.Line(functionName)}";
        return $"  File \"{TerminalText.Line(frame.FileName)}\", line {line}{function}";
    }

    private static List<string> SourceLines(SourceExcerpt excerpt, FailureCarets? carets)
    {
        var lines = excerpt.Lines;
        var starts = new int[lines.Length];
        for (var index = 1; index < lines.Length; index++)
        {
            starts[index] = starts[index - 1] + lines[index - 1].Length + 1;
        }

        List<string> shown = [];
        var previous = -1;
        foreach (var index in GetLinesToShow(starts, carets?.Anchors))
        {
            // One line between two telling ones is shown; more of them are counted.
            var skipped = index - previous - 1;
            if (skipped == 1)
            {
                AppendLine(shown, excerpt, starts, index - 1, carets);
            }
            else if (skipped > 1)
            {
                shown.Add($"...<{skipped} lines>...");
            }

            AppendLine(shown, excerpt, starts, index, carets);
            previous = index;
        }

        return shown;
    }

    /// <summary>The lines that CPython shows of many: the first, the last, and those around either end of the anchors.</summary>
    private static SortedSet<int> GetLinesToShow(int[] starts, (int Start, int End)? anchors)
    {
        var last = starts.Length - 1;
        SortedSet<int> telling = [0, last];
        if (anchors is not var (anchorStart, anchorEnd))
        {
            return telling;
        }

        foreach (var place in (ReadOnlySpan<int>)[LineOf(starts, anchorStart), LineOf(starts, anchorEnd)])
        {
            for (var line = Math.Max(0, place - 1); line <= Math.Min(last, place + 1); line++)
            {
                telling.Add(line);
            }
        }

        return telling;
    }

    private static int LineOf(int[] starts, int position)
    {
        var found = Array.BinarySearch(starts, position);
        return found >= 0 ? found : ~found - 1;
    }

    private static void AppendLine(List<string> shown, SourceExcerpt excerpt, int[] starts, int index, FailureCarets? carets)
    {
        var line = excerpt.Lines[index];
        if (carets is not { AreShown: true } || (excerpt.IsShortened && index == 1))
        {
            shown.Add(TerminalText.Line(line));
            return;
        }

        var (text, marks) = carets.Under(line, starts[index]);
        shown.Add(text);
        if (marks is not null)
        {
            shown.Add(marks);
        }
    }
}
