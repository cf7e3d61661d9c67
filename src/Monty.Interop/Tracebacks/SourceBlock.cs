namespace Monty.Interop.Tracebacks;

/// <summary>The lines of source in a frame, and the carets below them.</summary>
internal static class SourceBlock
{
    /// <summary>The text that CPython puts before every line of source.</summary>
    public const string Margin = "    ";

    /// <summary>Renders an excerpt; <paramref name="carets"/> is null when there are none to show.</summary>
    public static IEnumerable<string> Render(SourceExcerpt excerpt, FailureCarets? carets)
    {
        string[] source = [.. SelectLines(excerpt, carets)];
        Indentation.RemoveCommon(source);
        return source.Select(line => Margin + line);
    }

    private static List<string> SelectLines(SourceExcerpt excerpt, FailureCarets? carets)
    {
        List<string> shown = [];
        var previous = -1;
        foreach (var index in GetLinesToShow(excerpt, carets?.Anchors))
        {
            // A single hidden line between two shown lines is shown as well. Several hidden lines are replaced with their number.
            var skipped = index - previous - 1;
            if (skipped == 1)
            {
                AppendLine(shown, excerpt, index - 1, carets);
            }
            else if (skipped > 1)
            {
                shown.Add($"...<{skipped} lines>...");
            }

            AppendLine(shown, excerpt, index, carets);
            previous = index;
        }

        return shown;
    }

    /// <summary>Returns the lines that CPython shows of a long statement: the first line, the last line, and the lines around both ends of the anchors.</summary>
    private static SortedSet<int> GetLinesToShow(SourceExcerpt excerpt, SourceSpan? anchors)
    {
        var last = excerpt.Lines.Length - 1;
        SortedSet<int> shown = [0, last];
        if (anchors is not { } span)
        {
            return shown;
        }

        foreach (var anchored in (ReadOnlySpan<int>)[excerpt.LineAt(span.Start), excerpt.LineAt(span.End)])
        {
            for (var line = Math.Max(0, anchored - 1); line <= Math.Min(last, anchored + 1); line++)
            {
                shown.Add(line);
            }
        }

        return shown;
    }

    private static void AppendLine(List<string> shown, SourceExcerpt excerpt, int index, FailureCarets? carets)
    {
        var line = excerpt.Lines[index];
        var isOmissionMark = excerpt.IsShortened && index == 1;
        if (carets is not { AreShown: true } || isOmissionMark)
        {
            shown.Add(TerminalText.Line(line));
            return;
        }

        var marked = carets.Mark(line, excerpt.StartOf(index));
        shown.Add(marked.Text);
        if (marked.Carets is not null)
        {
            shown.Add(marked.Carets);
        }
    }
}
